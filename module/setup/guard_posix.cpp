// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "module/setup/guard.h"
#include "module/setup/setup_result.h"

namespace zoo::setup {

int guard(const std::string&, const std::string&) {
  std::fputs("zoosetup: guard runs on Windows only\n", stderr);
  return static_cast<int>(SetupExit::kUsage);
}

}  // namespace zoo::setup
