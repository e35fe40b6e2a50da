// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/device_names.h"

#include <catch2/catch.hpp>

TEST_CASE("Windows takes some names for devices") {
  for (const char* name : {"CON", "prn", "Aux", "nul", "nul.txt", "com1.tar.gz", "Com9 .log", "lpt\u00b2", "CONIN$"}) {
    INFO(name);
    CHECK(zoo::is_device_name(name));
  }
  for (const char* name : {"", ".", "console.txt", "com", "com0", "com10", "lpt", "lpt1x", "aux1", "a.con", " con"}) {
    INFO(name);
    CHECK_FALSE(zoo::is_device_name(name));
  }
}
