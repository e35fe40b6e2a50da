// SPDX-License-Identifier: Apache-2.0
#include "module/host/rewrite_text.h"

#include <optional>
#include <vector>

#include "module/core/config_text.h"

namespace zoo::module {
namespace {

constexpr int kDeepest = 8;                   // of references in references
constexpr std::size_t kLongest = 64U << 10U;  // of what they become

std::string expand(std::string_view text, const RewriteReferences& references, int depth);

/// Where each brace of the text that opens is closed, at its own place; npos: nowhere.
std::vector<std::size_t> closing_braces(std::string_view text) {
  std::vector<std::size_t> closed(text.size(), std::string_view::npos);
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') open.push_back(i);
    if (text[i] != '}' || open.empty()) continue;
    closed[open.back()] = i;
    open.pop_back();
  }
  return closed;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    out += escape ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

std::string encode(std::string_view text, std::string_view special) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && special.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

std::string resolve(std::string_view reference, const RewriteReferences& references, int depth) {
  const std::size_t colon = reference.find(':');
  if (colon == std::string_view::npos) return references.variable(trim(reference));
  const std::string_view name = trim(reference.substr(0, colon));
  const std::string value = expand(reference.substr(colon + 1), references, depth + 1);
  if (equal_nocase(name, "R") || equal_nocase(name, "C")) {
    const std::optional<std::int64_t> number = parse_number(value);
    if (!number || *number < 0) return {};
    return references.capture(equal_nocase(name, "R") ? 'R' : 'C', static_cast<std::size_t>(*number));
  }
  if (equal_nocase(name, "ToLower")) return to_lower(value);
  if (equal_nocase(name, "UrlEncode")) return encode(value, "\"#%&+,/:;<=>?@[\\]^`{|}$!'()*");
  if (equal_nocase(name, "UrlDecode")) return decode_percent(value);
  return references.mapped(name, value);
}

std::string expand(std::string_view text, const RewriteReferences& references, int depth) {
  std::string out;
  const std::vector<std::size_t> closed = closing_braces(text);
  std::size_t at = 0;
  while (at < text.size() && out.size() <= kLongest) {
    const std::size_t open = text.find('{', at);
    out += text.substr(at, open - at);
    if (open == std::string_view::npos) break;
    const std::size_t close = closed[open];
    if (close == std::string_view::npos || close == open + 1 || depth == kDeepest) {
      out += '{';
      at = open + 1;
      continue;
    }
    out += resolve(text.substr(open + 1, close - open - 1), references, depth);
    at = close + 1;
  }
  if (out.size() > kLongest) out.resize(kLongest);
  return out;
}

}  // namespace

std::string expand_rewrite_text(std::string_view text, const RewriteReferences& references) {
  return expand(text, references, 0);
}

std::string encode_url_path(std::string_view path) {
  return encode(path, "\"#%<>?\\^`{|}");
}

std::string encode_url(std::string_view url) {
  return encode(url, "\"<>\\^`{|}");
}

}  // namespace zoo::module
