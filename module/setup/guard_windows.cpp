// SPDX-License-Identifier: Apache-2.0
#include <windows.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "module/setup/guard.h"
#include "module/setup/setup_result.h"
#include "module/win/process_tree.h"

namespace zoo::setup {
namespace {

HANDLE handle_of(const std::string& number) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers
  return reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(std::strtoull(number.c_str(), nullptr, 10)));
}

bool is_process(HANDLE handle) {
  return ::WaitForSingleObject(handle, 0) != WAIT_FAILED;
}

}  // namespace

int guard(const std::string& parent, const std::string& child) {
  if (!is_process(handle_of(parent)) || !is_process(handle_of(child))) {
    std::fputs("zoosetup: guard is for the module, which gives it two handles\n", stderr);
    return static_cast<int>(SetupExit::kUsage);
  }
  module::guard_process(handle_of(parent), handle_of(child));
  return 0;
}

}  // namespace zoo::setup
