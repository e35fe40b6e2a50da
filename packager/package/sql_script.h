// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The scripts of database providers (web-deploy section 3; docs/formats/package.md section 3).
namespace zoo::package {

/// A name between percent signs that stands for a parameter's value: %DB_NAME%.
struct Placeholder {
  std::string_view name;  ///< Without the signs; a view into the script.
  std::size_t line = 1, column = 1;
};

/// Every %DB_...% in a script, in order. Other texts between percent signs are the script's own.
std::vector<Placeholder> placeholders_in(std::string_view script);

/// Why a script is no text that Web Deploy reads, with line and column ("3:7: byte E9 is not UTF-8"), or nothing. It is
/// UTF-8, with or without a byte order mark; UTF-16 is told by its mark.
std::optional<std::string> script_problem(std::string_view bytes);

}  // namespace zoo::package
