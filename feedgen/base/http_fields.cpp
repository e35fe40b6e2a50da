// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/http_fields.h"

#include <fmt/core.h>

#include <charconv>

namespace zoo {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// `HTTP/1.1 200 OK` or `HTTP/2 200`.
bool parse_status_line(std::string_view line, HttpAnswer& answer) {
  if (!line.starts_with("HTTP/")) return false;
  const auto space = line.find(' ');
  answer = HttpAnswer();
  answer.http1 = line.starts_with("HTTP/1");
  if (space == std::string_view::npos) return true;
  const auto status = parse_decimal(line.substr(space + 1, 3));
  answer.status = static_cast<unsigned>(status.value_or(0));
  return true;
}

/// Where the authority part begins and ends; {0, 0} without one.
std::pair<std::size_t, std::size_t> authority(std::string_view url) {
  const auto slashes = url.find("://");
  if (slashes == std::string_view::npos) return {0, 0};
  const auto begin = slashes + 3;
  return {begin, std::min(url.size(), url.find_first_of("/?#\\", begin))};
}

}  // namespace

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool Validator::strong_etag() const {
  return etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
}

void HttpAnswer::add_line(std::string_view line) {
  if (parse_status_line(line, *this)) return;
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = ascii_lower(trim(line.substr(0, colon)));
  const std::string_view value = trim(line.substr(colon + 1));
  if (name == "content-length") content_length = parse_decimal(value);
  if (name == "content-range") content_range = value;
  if (name == "content-type") content_type = ascii_lower(trim(value.substr(0, value.find(';'))));
  if (name == "content-encoding") content_encoding = ascii_lower(value);
  if (name == "transfer-encoding") chunked = ascii_lower(value).find("chunked") != std::string::npos;
  if (name == "date") date = value;
  if (name == "etag") validator.etag = value;
  if (name == "last-modified") validator.modified = value;
}

std::optional<ContentRange> parse_content_range(std::string_view value) {
  constexpr std::string_view kUnit = "bytes ";
  if (ascii_lower(value.substr(0, kUnit.size())) != kUnit) return std::nullopt;
  value = trim(value.substr(kUnit.size()));
  const auto dash = value.find('-');
  const auto slash = value.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) return std::nullopt;
  const auto first = parse_decimal(value.substr(0, dash));
  const auto last = parse_decimal(value.substr(dash + 1, slash - dash - 1));
  const auto total = parse_decimal(value.substr(slash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  if (!total && value.substr(slash + 1) != "*") return std::nullopt;
  if (total && *last >= *total) return std::nullopt;
  return ContentRange{*first, *last, total};
}

std::string shown_url(std::string_view url) {
  const auto [begin, end] = authority(url);
  const auto at = url.substr(0, end).rfind('@');
  std::string plain(url);
  if (at != std::string_view::npos && at >= begin && end != 0) plain.erase(begin, at + 1 - begin);
  std::string out;
  for (const char c : plain) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7F) {
      out += fmt::format("%{:02X}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::string url_scheme(std::string_view url) {
  const auto colon = url.find(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  std::string scheme = ascii_lower(url.substr(0, colon));
  const bool valid = scheme.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") == std::string::npos;
  return valid ? scheme : std::string();
}

std::string url_file_name(std::string_view url) {
  const auto [begin, end] = authority(url);
  std::string_view path = url.substr(end);
  path = path.substr(0, path.find_first_of("?#"));
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

}  // namespace zoo
