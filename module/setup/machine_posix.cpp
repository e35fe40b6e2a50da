// SPDX-License-Identifier: Apache-2.0
#include "module/setup/machine.h"

namespace zoo::setup {

std::unique_ptr<Machine> this_machine() {
  return nullptr;
}

SystemFolders system_folders() {
  return {};
}

}  // namespace zoo::setup
