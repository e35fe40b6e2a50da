// SPDX-License-Identifier: Apache-2.0
// What a FastCGI worker sends, in one piece and in many: no crash, and the same events.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/module/core/codec_events.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const std::string& line : zoo::module::test::check_fastcgi_input(input)) {
    if (line.starts_with("BROKEN")) std::abort();
  }
  return 0;
}
