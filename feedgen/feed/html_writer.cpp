// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/html_writer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "feedgen/catalog/product.h"

namespace zoo::feed {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t size = 0;  // 0: no UTF-8 here
};

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

/// Unicode 15, table 3-7, without the table: decodes, then refuses overlong forms and surrogates.
CodePoint decode(std::string_view text) {
  const std::uint8_t lead = byte_at(text, 0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return {};
  std::uint32_t value = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const std::uint8_t next = byte_at(text, i);
    if ((next & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (next & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest.at(size) || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, size};
}

bool is_allowed(std::uint32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return !(c >= 0x7F && c <= 0x9F) && c != 0xFFFE && c != 0xFFFF;
}

std::string_view reference(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

bool is_block(std::string_view name) {
  constexpr std::array<std::string_view, 13> kInline = {"a",    "b",   "bdi",  "code",    "em", "small", "span",
                                                        "time", "var", "abbr", "summary", "dt", "strong"};
  return std::find(kInline.begin(), kInline.end(), name) == kInline.end();
}

bool starts_with_folded(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && catalog::same_id(text.substr(0, prefix.size()), prefix);
}

bool has_bad_url_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F;
  });
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text.substr(at));
    const std::size_t size = point.size == 0 ? 1 : point.size;
    const std::string_view special = point.size == 1 ? reference(text[at]) : std::string_view();
    if (point.size == 0 || !is_allowed(point.value)) {
      out += kReplacement;
    } else {
      out += special.empty() ? text.substr(at, size) : special;
    }
    at += size;
  }
  return out;
}

std::string linkable_url(std::string_view url) {
  const std::string_view text = catalog::trimmed(url);
  const bool known = starts_with_folded(text, "http://") || starts_with_folded(text, "https://") ||
                     starts_with_folded(text, "mailto:");
  return known && !has_bad_url_character(text) ? std::string(text) : std::string();
}

std::string relative_path(std::string_view path) {
  if (path.empty() || path.front() == '/' || has_bad_url_character(path)) return {};
  if (path.find_first_of("\\:?#%") != std::string_view::npos) return {};
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return {};
    begin = end + 1;
  }
  return std::string(path);
}

void HtmlWriter::start_tag(std::string_view name, HtmlAttributes attributes) {
  out_ += '<';
  out_ += name;
  for (const HtmlAttribute& attribute : attributes) {
    if (attribute.value.data() == nullptr) continue;
    out_ += ' ';
    out_ += attribute.name;
    out_ += "=\"";
    out_ += html_escaped(attribute.value);
    out_ += '"';
  }
}

HtmlWriter& HtmlWriter::open(std::string_view name, HtmlAttributes attributes) {
  start_tag(name, attributes);
  out_ += '>';
  open_.emplace_back(name);
  return *this;
}

HtmlWriter& HtmlWriter::close() {
  const std::string name = std::move(open_.back());
  open_.pop_back();
  out_ += "</" + name + '>';
  if (is_block(name)) out_ += '\n';
  return *this;
}

HtmlWriter& HtmlWriter::text(std::string_view text) {
  out_ += html_escaped(text);
  return *this;
}

HtmlWriter& HtmlWriter::element(std::string_view name, HtmlAttributes attributes, std::string_view text) {
  return open(name, attributes).text(text).close();
}

HtmlWriter& HtmlWriter::empty(std::string_view name, HtmlAttributes attributes) {
  start_tag(name, attributes);
  out_ += name == "meta" || name == "link" ? "/>\n" : "/>";
  return *this;
}

HtmlWriter& HtmlWriter::raw(std::string_view markup) {
  out_ += markup;
  return *this;
}

}  // namespace zoo::feed
