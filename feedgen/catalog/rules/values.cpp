// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/values.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "feedgen/catalog/product.h"

namespace zoo::catalog::rules {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

template <typename T>
std::optional<T> to_integer(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return std::nullopt;
  }
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_never_in_dates(char c) {
  switch (c) {
    case '$':
    case '%':
    case '{':
    case '}':
    case '<':
    case '>':
    case '[':
    case ']':
    case '@':
    case '#':
    case '&':
    case '*':
    case '=':
    case '?':
    case '!':
    case '"':
    case '\\':
    case '|':
    case '~':
    case '^':
    case '`':
      return true;
    default:
      return false;
  }
}

/// Reads up to `max` digits at the front of `text` and removes them; -1 when there are none.
int take_number(std::string_view& text, std::size_t max) {
  int value = 0;
  std::size_t digits = 0;
  while (digits < max && digits < text.size() && is_digit(text[digits])) value = value * 10 + (text[digits++] - '0');
  text.remove_prefix(digits);
  return digits == 0 ? -1 : value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// What stands between the slashes and the path: [user@]host[:port]. .NET's Uri takes no other one.
bool may_be_authority(std::string_view text) {
  if (const std::size_t user = text.rfind('@'); user != std::string_view::npos) text.remove_prefix(user + 1);
  if (!text.empty() && text.front() == '[') return text.find(']') != std::string_view::npos;
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view port = text.substr(std::min(colon + 1, text.size()));
  if (colon == 0 || text.find_first_of(" \t\r\n<>\"{}|^`") < colon) return false;
  return port.empty() || (is_digits(port) && to_integer<std::int32_t>(port).value_or(65536) <= 65535);
}

bool is_day(int year, int month, int day) {
  if (month < 1 || month > 12 || day < 1) return false;
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays.at(static_cast<std::size_t>(month - 1)) + (month == 2 && leap ? 1 : 0);
}

/// After the day of an ISO date: true unless a time follows whose hour, minute or second is out of range.
bool may_be_time(std::string_view text) {
  if (text.empty() || (text.front() != 'T' && text.front() != ' ')) return true;
  text.remove_prefix(1);
  const int hour = take_number(text, 4);
  if (hour < 0 || !take(text, ':')) return true;
  const int minute = take_number(text, 4);
  const int second = take(text, ':') ? take_number(text, 4) : 0;
  return hour <= 24 && minute <= 59 && second <= 59;
}

/// Year-month-day and month/day/year: out of range parts are impossible in every culture. Other texts are left alone.
bool has_possible_numbers(std::string_view text) {
  std::string_view rest = text;
  const int first = take_number(rest, 4);
  if (first >= 1000 && take(rest, '-')) {
    const int month = take_number(rest, 4);
    if (month < 0 || !take(rest, '-')) return true;
    const int day = take_number(rest, 4);
    return day < 0 || (is_day(first, month, day) && may_be_time(rest));
  }
  if (first < 0 || first >= 1000 || !take(rest, '/')) return true;
  const int second = take_number(rest, 4);
  if (second < 0 || !take(rest, '/')) return true;
  const int year = take_number(rest, 4);
  return year < 1000 || is_day(year, first, second) || is_day(year, second, first);
}

}  // namespace

std::optional<std::int32_t> to_int32(std::string_view text) {
  return to_integer<std::int32_t>(text);
}
std::optional<std::int64_t> to_int64(std::string_view text) {
  return to_integer<std::int64_t>(text);
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

unsigned version_parts(std::string_view text) {
  text = trimmed(text);
  unsigned parts = 0;
  while (true) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::string_view part = trimmed(text.substr(0, dot));
    if (!is_digits(part) || !to_int32(part)) return 0;
    ++parts;
    if (dot == text.size()) return parts;
    text.remove_prefix(dot + 1);
  }
}

bool may_be_absolute_uri(std::string_view text) {
  text = trimmed(text);
  if (text.substr(0, 2) == "\\\\" || text.substr(0, 2) == "//") return text.size() > 2;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text.front())) return false;
  const auto in_scheme = [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; };
  if (!std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), in_scheme)) return false;
  const std::string_view scheme = text.substr(0, colon);
  if (!same_id(scheme, "http") && !same_id(scheme, "https") && !same_id(scheme, "ftp")) return true;
  std::string_view rest = text.substr(colon + 1);
  const std::size_t slashes = std::min(rest.find_first_not_of("/\\"), rest.size());
  if (slashes != 2) return false;
  rest.remove_prefix(slashes);
  return may_be_authority(rest.substr(0, rest.find_first_of("/\\?#")));
}

bool may_be_date(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return true;
  if (std::any_of(text.begin(), text.end(), is_never_in_dates)) return false;
  if (std::none_of(text.begin(), text.end(), is_digit)) {
    // A culture's name of a day or month may do; ASCII words that begin like no English one surely do not.
    constexpr std::array<std::string_view, 19> kWords = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                                         "aug", "sep", "oct", "nov", "dec", "mon", "tue",
                                                         "wed", "thu", "fri", "sat", "sun"};
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view word) { return contains_folded(text, word); });
  }
  return has_possible_numbers(text);
}

bool is_hex(std::string_view text, std::size_t digits) {
  const auto hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  return text.size() == digits && std::all_of(text.begin(), text.end(), hex);
}

bool is_guid(std::string_view text) {
  text = trimmed(text);
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() == 32) return is_hex(text, 32);
  if (text.size() != 36) return false;
  constexpr std::array<std::size_t, 5> kGroups = {8, 4, 4, 4, 12};
  for (const std::size_t group : kGroups) {
    if (!is_hex(text.substr(0, group), group)) return false;
    text.remove_prefix(group);
    if (!text.empty() && !take(text, '-')) return false;
  }
  return text.empty();
}

bool starts_with_folded(std::string_view text, std::string_view part) {
  return same_id(text.substr(0, part.size()), part);
}

bool contains_folded(std::string_view text, std::string_view part) {
  const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [&](char a, char b) { return fold(a) == fold(b); }) != text.end();
}

std::string_view file_name_of(std::string_view url) {
  url = trimmed(url);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < url.size() && url[i] != '?' && url[i] != '#'; ++i) {
    if (url[i] == '/' || url[i] == '\\') begin = i + 1;
    if (i + 1 == url.size() || url[i + 1] == '?' || url[i + 1] == '#') return url.substr(begin, i + 1 - begin);
  }
  return {};
}

std::string extension_of(std::string_view url) {
  const std::string_view name = file_name_of(url);
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string() : folded(name.substr(dot));
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 80;
  std::string out = "\"";
  std::size_t end = std::min(text.size(), kShown);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  out += text.substr(0, end);
  out += end < text.size() ? "...\"" : "\"";
  return out;
}

}  // namespace zoo::catalog::rules
