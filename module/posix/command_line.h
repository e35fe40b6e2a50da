// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zoo::module {

/// Splits a command line as Windows programs do: blanks separate, double quotes keep blanks, a backslash before a quote
/// makes it an ordinary character; all other backslashes are ordinary.
std::vector<std::string> split_command_line(std::string_view line);

/// The file to execute: `program` itself if it has a slash, otherwise the first executable in `path` (folders separated
/// by colons). Empty if there is none.
std::string find_program(std::string_view program, std::string_view path);

}  // namespace zoo::module
