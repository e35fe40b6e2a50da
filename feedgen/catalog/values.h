// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Forms of values that manifests, feed definitions, locks and feeds share. Pure functions, ASCII, no locale.
namespace zoo::catalog {

/// Letters, digits, '.', '_', '-'; 1 to 100; begins with a letter or digit. It names folders in the client's caches.
bool is_product_id(std::string_view text);
/// http, https with a host, or file with a path; no white space.
bool is_absolute_url(std::string_view text);
/// `digits` hexadecimal digits of any case.
bool is_hex(std::string_view text, std::size_t digits);
/// Decimal digits that fit 64 bits.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);
/// An optional minus sign and decimal digits that fit 32 bits (Windows exit codes are 32 bits wide).
bool is_return_code(std::string_view text);
/// Two to four numbers with dots, each up to 65535 (System.Version as the client takes it); `least` 1 allows "3".
bool is_version(std::string_view text, std::size_t least = 2);
/// YYYY-MM-DD, a real day of the Gregorian calendar.
bool is_iso_date(std::string_view text);
/// A GUID, braces optional.
bool is_guid(std::string_view text);
/// Begins with a full hive name (HKEY_LOCAL_MACHINE\...): the client's check throws on HKLM\ (webpi-feed 5 [C]).
bool is_registry_key(std::string_view text);
/// A path below a folder: relative, forward slashes, no "..", no drive, no empty part.
bool is_relative_path(std::string_view text);

/// The parts between separators; empty parts are kept.
std::vector<std::string_view> split(std::string_view text, char separator);
/// The words between runs of white space.
std::vector<std::string_view> words(std::string_view text);
/// Runs of white space as one space, none at the ends.
std::string collapsed(std::string_view text);
/// True when `text` holds `part` without regard to ASCII case.
bool contains_folded(std::string_view text, std::string_view part);

}  // namespace zoo::catalog
