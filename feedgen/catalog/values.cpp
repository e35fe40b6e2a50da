// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/values.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "feedgen/catalog/product.h"

namespace zoo::catalog {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool starts_with_folded(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && same_id(text.substr(0, prefix.size()), prefix);
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

constexpr int kMostVersionPart = 65535;

int number(std::string_view text) {
  int value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

bool is_product_id(std::string_view text) {
  constexpr std::size_t kMax = 100;
  const auto allowed = [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= kMax && (is_alpha(text[0]) || is_digit(text[0])) &&
         std::all_of(text.begin(), text.end(), allowed);
}

bool is_absolute_url(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), [](char c) { return is_space(c) || static_cast<unsigned char>(c) < 0x20; }))
    return false;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!starts_with_folded(text, scheme)) continue;
    const std::string_view host = text.substr(scheme.size(), text.find_first_of("/?#", scheme.size()) - scheme.size());
    return !host.empty() && host[0] != ':' && host.back() != '@';
  }
  constexpr std::string_view kFile = "file://";
  return starts_with_folded(text, kFile) && text.size() > kFile.size() + 1;
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), is_hex_digit);
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_return_code(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  constexpr std::int64_t kLeast = -2147483648LL;
  constexpr std::int64_t kMost = 2147483647LL;
  return !text.empty() && error == std::errc() && end == text.data() + text.size() && value >= kLeast && value <= kMost;
}

bool is_version(std::string_view text, std::size_t least) {
  const auto parts = split(text, '.');
  constexpr std::size_t kMostParts = 4;
  return parts.size() >= least && parts.size() <= kMostParts && std::all_of(parts.begin(), parts.end(), [](auto part) {
           return all_digits(part) && part.size() <= 5 && number(part) <= kMostVersionPart;
         });
}

bool is_iso_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const std::string_view year = text.substr(0, 4);
  const std::string_view month = text.substr(5, 2);
  const std::string_view day = text.substr(8, 2);
  if (!all_digits(year) || !all_digits(month) || !all_digits(day)) return false;
  const int y = number(year);
  const int m = number(month);
  if (m < 1 || m > 12) return false;
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
  const int last = kDays[static_cast<std::size_t>(m - 1)] + (m == 2 && leap ? 1 : 0);
  return number(day) >= 1 && number(day) <= last;
}

bool is_guid(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  const auto parts = split(text, '-');
  constexpr std::array<std::size_t, 5> kSizes = {8, 4, 4, 4, 12};
  if (parts.size() != kSizes.size()) return false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!is_hex(parts[i], kSizes[i])) return false;
  }
  return true;
}

bool is_registry_key(std::string_view text) {
  constexpr std::string_view kHives[] = {"HKEY_LOCAL_MACHINE\\", "HKEY_CURRENT_USER\\", "HKEY_CLASSES_ROOT\\",
                                         "HKEY_USERS\\", "HKEY_CURRENT_CONFIG\\"};
  return std::any_of(std::begin(kHives), std::end(kHives), [&](std::string_view hive) {
    return starts_with_folded(text, hive) && text.size() > hive.size() && text.back() != '\\';
  });
}

bool is_relative_path(std::string_view text) {
  if (text.find_first_of("\\:*?\"<>|") != std::string_view::npos) return false;
  const auto parts = split(text, '/');
  return !text.empty() && std::none_of(parts.begin(), parts.end(),
                                       [](auto part) { return part.empty() || part == "." || part == ".."; });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  parts.push_back(text);
  return parts;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (!(text = trimmed(text)).empty()) {
    const auto end = std::find_if(text.begin(), text.end(), is_space);
    out.push_back(text.substr(0, static_cast<std::size_t>(end - text.begin())));
    text.remove_prefix(out.back().size());
  }
  return out;
}

std::string collapsed(std::string_view text) {
  std::string out;
  for (const std::string_view word : words(text)) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

bool contains_folded(std::string_view text, std::string_view part) {
  for (std::size_t i = 0; i + part.size() <= text.size(); ++i) {
    if (same_id(text.substr(i, part.size()), part)) return true;
  }
  return false;
}

}  // namespace zoo::catalog
