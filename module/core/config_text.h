// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Small text functions of the configuration. Case is that of ASCII letters, whatever the process's locale is.
namespace zoo::module {

bool equal_nocase(std::string_view a, std::string_view b) noexcept;
bool contains_nocase(std::string_view text, std::string_view part) noexcept;
bool ends_with_nocase(std::string_view text, std::string_view end) noexcept;
bool starts_with_nocase(std::string_view text, std::string_view start) noexcept;
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
std::string_view trim(std::string_view text) noexcept;
/// The parts between `separator`s, trimmed, empty ones left out.
std::vector<std::string_view> split_list(std::string_view text, char separator);
/// A decimal number with an optional sign and nothing else (blanks around it are allowed).
std::optional<std::int64_t> parse_number(std::string_view text) noexcept;
/// "true", "false", "1", "0", in any case.
std::optional<bool> parse_bool(std::string_view text) noexcept;

}  // namespace zoo::module
