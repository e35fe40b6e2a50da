// SPDX-License-Identifier: Apache-2.0
#include "module/core/header_field.h"

#include <algorithm>
#include <array>
#include <limits>

namespace zoo::module {
namespace {

constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr std::uint8_t kTokenBit = 1;
constexpr std::uint8_t kValueBit = 2;

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const bool visible = c >= 0x20 && c != 0x7F;
    if (visible || c == '\t') classes[c] |= kValueBit;
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) classes[c] |= kTokenBit;
  }
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) classes[static_cast<unsigned char>(c)] |= kTokenBit;
  return classes;
}

constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

bool all_of_class(std::string_view text, std::uint8_t wanted) noexcept {
  std::uint8_t common = wanted;
  for (const char c : text) common &= kClasses[static_cast<unsigned char>(c)];
  return common == wanted;
}

constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

bool is_named_by_connection(std::span<const std::string_view> named, std::string_view name) noexcept {
  return std::ranges::any_of(named, [&](std::string_view token) { return equals_ignoring_case(token, name); });
}

}  // namespace

bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() && starts_with_ignoring_case(left, right);
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
  if (text.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (to_lower(text[i]) != to_lower(prefix[i])) return false;
  }
  return true;
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && all_of_class(text, kTokenBit);
}

bool is_field_value(std::string_view text) noexcept {
  return all_of_class(text, kValueBit);
}

std::string_view trim_blanks(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> parse_length(std::string_view text) noexcept {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

const HeaderField* find_field(std::span<const HeaderField> fields, std::string_view name) noexcept {
  for (const HeaderField& field : fields) {
    if (equals_ignoring_case(field.name, name)) return &field;
  }
  return nullptr;
}

std::string_view next_list_element(std::string_view& list) noexcept {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view element = trim_blanks(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (!element.empty()) return element;
  }
  return {};
}

bool has_list_token(std::span<const HeaderField> fields, std::string_view name, std::string_view token) noexcept {
  for (const HeaderField& field : fields) {
    if (!equals_ignoring_case(field.name, name)) continue;
    std::string_view list = field.value;
    for (std::string_view element = next_list_element(list); !element.empty(); element = next_list_element(list)) {
      if (equals_ignoring_case(element, token)) return true;
    }
  }
  return false;
}

bool is_hop_by_hop(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 6> kNames = {"connection", "keep-alive",        "te",
                                                      "trailer",    "transfer-encoding", "upgrade"};
  return starts_with_ignoring_case(name, "proxy-") ||
         std::ranges::any_of(kNames, [&](std::string_view hop) { return equals_ignoring_case(hop, name); });
}

void remove_hop_by_hop(std::vector<HeaderField>& fields, UpgradeField upgrade) {
  std::vector<std::string_view> named;
  for (const HeaderField& field : fields) {
    if (!equals_ignoring_case(field.name, "connection")) continue;
    std::string_view list = field.value;
    for (std::string_view token = next_list_element(list); !token.empty(); token = next_list_element(list)) {
      named.push_back(token);
    }
  }
  std::erase_if(fields, [&](const HeaderField& field) {
    if (upgrade == UpgradeField::kKeep && equals_ignoring_case(field.name, "upgrade")) return false;
    return is_hop_by_hop(field.name) || is_named_by_connection(named, field.name);
  });
}

}  // namespace zoo::module
