// SPDX-License-Identifier: Apache-2.0
#include "module/setup/command_line.h"

namespace zoo::setup {

std::vector<std::string> command_line(int argc, char** argv) {
  return {argv + 1, argv + argc};
}

}  // namespace zoo::setup
