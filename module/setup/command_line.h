// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace zoo::setup {

/// The words of the command line behind the program's name, in UTF-8.
std::vector<std::string> command_line(int argc, char** argv);

}  // namespace zoo::setup
