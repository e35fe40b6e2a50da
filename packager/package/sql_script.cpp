// SPDX-License-Identifier: Apache-2.0
#include "packager/package/sql_script.h"

#include <fmt/format.h>

#include <algorithm>

#include "packager/package/names.h"

namespace zoo::package {
namespace {

constexpr std::string_view kMark = "%DB_";
constexpr std::string_view kUtf16Marks[] = {"\xFF\xFE", "\xFE\xFF"};

struct Place {
  std::size_t line = 1, column = 1;
};

/// Tells places that come in ascending order, so that each line is counted once.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {}

  Place at(std::size_t offset) {
    const std::string_view passed = text_.substr(at_, offset - at_);
    line_ += static_cast<std::size_t>(std::count(passed.begin(), passed.end(), '\n'));
    if (const std::size_t end = passed.rfind('\n'); end != std::string_view::npos) line_begin_ = at_ + end + 1;
    at_ = offset;
    return {line_, offset - line_begin_ + 1};
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0, line_ = 1, line_begin_ = 0;
};

bool is_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The first byte that is no UTF-8: the longest prefix of valid lines, then bytes.
std::size_t first_bad_byte(std::string_view text) {
  std::size_t line = 0;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', line)) {
    if (!is_utf8(text.substr(line, end - line))) break;
    line = end + 1;
  }
  std::size_t at = line;
  while (at < text.size()) {
    std::size_t length = 1;
    while (length <= 4 && !is_utf8(text.substr(at, length))) ++length;
    if (length > 4 || at + length > text.size()) return at;
    at += length;
  }
  return at;
}

}  // namespace

std::vector<Placeholder> placeholders_in(std::string_view script) {
  std::vector<Placeholder> out;
  Places places(script);
  for (std::size_t at = script.find(kMark); at != std::string_view::npos; at = script.find(kMark, at + 1)) {
    std::size_t end = at + kMark.size();
    while (end < script.size() && is_name(script[end])) ++end;
    if (end == at + kMark.size() || end == script.size() || script[end] != '%') continue;
    const Place place = places.at(at);
    out.push_back({script.substr(at + 1, end - at - 1), place.line, place.column});
  }
  return out;
}

std::optional<std::string> script_problem(std::string_view bytes) {
  for (const std::string_view mark : kUtf16Marks) {
    if (bytes.substr(0, mark.size()) == mark) return std::nullopt;
  }
  const auto told = [&](std::size_t at, std::string_view what) {
    const Place place = Places(bytes).at(at);
    return fmt::format("{}:{}: {}", place.line, place.column, what);
  };
  if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) return told(nul, "a NUL byte");
  if (is_utf8(bytes)) return std::nullopt;
  const std::size_t at = first_bad_byte(bytes);
  return told(at, fmt::format("byte {:02X} is not UTF-8", static_cast<unsigned char>(bytes[at])));
}

}  // namespace zoo::package
