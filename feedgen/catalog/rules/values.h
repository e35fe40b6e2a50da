// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Texts as the client's .NET parsers take them. Each errs on the side of accepting: a rule must not accuse what loads.
namespace zoo::catalog::rules {

/// Int32.Parse: blanks around, a sign, decimal digits.
std::optional<std::int32_t> to_int32(std::string_view text);
/// The same for 64 bits.
std::optional<std::int64_t> to_int64(std::string_view text);
/// Only digits, at least one.
bool is_digits(std::string_view text);
/// Numbers joined by dots; how many, or 0 when it is something else. Blanks around are skipped.
unsigned version_parts(std::string_view text);
/// True when `new Uri(text)` can take it as absolute: a scheme, a drive or a UNC path; http and https with a host.
bool may_be_absolute_uri(std::string_view text);
/// True unless DateTime.Parse surely throws: ISO 8601 with one- or two-digit parts, month/day/year and RFC 1123 are
/// known to load (webpi-feed 0); other forms are accepted when nothing in them is impossible.
bool may_be_date(std::string_view text);
/// A GUID with or without braces.
bool is_guid(std::string_view text);
bool is_hex(std::string_view text, std::size_t digits);
/// True when `text` begins or contains `part` without regard to ASCII case.
bool starts_with_folded(std::string_view text, std::string_view part);
bool contains_folded(std::string_view text, std::string_view part);
/// Lower-case ending of the last path segment with its dot (".zip"), query and fragment apart; "" when there is none.
std::string extension_of(std::string_view url);
/// The last path segment, query and fragment apart.
std::string_view file_name_of(std::string_view url);
/// `text` in double quotes, cut when long, for messages.
std::string quoted(std::string_view text);

}  // namespace zoo::catalog::rules
