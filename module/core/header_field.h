// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace zoo::module {

/// One header field (or CGI variable): views into memory that somebody else owns.
struct HeaderField {
  std::string_view name;
  std::string_view value;

  friend bool operator==(const HeaderField&, const HeaderField&) = default;
};

/// Compares ASCII letters without regard to case, all other bytes exactly.
bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept;
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept;

/// One or more token characters (RFC 9110 section 5.6.2): what a field name or a method must be.
bool is_token(std::string_view text) noexcept;

/// No control characters but tab (RFC 9110 section 5.5); bytes above 0x7F are allowed, as is the empty value.
bool is_field_value(std::string_view text) noexcept;

/// Removes spaces and tabs at both ends (OWS, RFC 9110 section 5.6.3).
std::string_view trim_blanks(std::string_view text) noexcept;

/// Digits only, at least one, at most 2^63 - 1 (so that it fits signed file offsets); otherwise nothing.
std::optional<std::uint64_t> parse_length(std::string_view text) noexcept;

/// The first field of that name (case ignored), or null. The pointer is into `fields`.
const HeaderField* find_field(std::span<const HeaderField> fields, std::string_view name) noexcept;

/// Takes the next element off a comma-separated list (RFC 9110 section 5.6.1), trimmed; empty elements are skipped.
/// Returns an empty view at the end of the list.
std::string_view next_list_element(std::string_view& list) noexcept;

/// Whether any field `name` lists `token` (case ignored): `has_list_token(fields, "connection", "close")`.
bool has_list_token(std::span<const HeaderField> fields, std::string_view name, std::string_view token) noexcept;

/// Connection, Keep-Alive, Proxy-*, TE, Trailer, Transfer-Encoding, Upgrade (RFC 9110 section 7.6.1).
bool is_hop_by_hop(std::string_view name) noexcept;

enum class UpgradeField { kRemove, kKeep };

/// Removes the fields that concern one connection only, and those that Connection names, keeping the others' order.
/// With kKeep (a 101 response) Upgrade stays; whoever passes it on writes its own `Connection: Upgrade`.
void remove_hop_by_hop(std::vector<HeaderField>& fields, UpgradeField upgrade = UpgradeField::kRemove);

}  // namespace zoo::module
