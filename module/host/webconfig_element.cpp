// SPDX-License-Identifier: Apache-2.0
#include "module/host/webconfig_element.h"

#include <algorithm>
#include <pugixml.hpp>

namespace zoo::module {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0U | (c >> 6U));
    put(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0U | (c >> 12U));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  } else {
    put(0xF0U | (c >> 18U));
    put(0x80U | ((c >> 12U) & 0x3FU));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  }
}

/// `text` without its byte order mark. Halves of characters become U+FFFD.
std::string utf16_to_utf8(std::string_view text, bool big_endian) {
  const auto unit = [&](std::size_t i) {
    const auto first = static_cast<unsigned char>(text[i]);
    const auto second = static_cast<unsigned char>(text[i + 1]);
    return static_cast<std::uint32_t>(big_endian ? first << 8U | second : second << 8U | first);
  };
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    std::uint32_t c = unit(i);
    const bool high = c >= 0xD800 && c < 0xDC00 && i + 3 < text.size();
    const std::uint32_t low = high ? unit(i + 2) : 0;
    if (low >= 0xDC00 && low < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10U) + (low - 0xDC00);
      i += 2;
    } else if (c >= 0xD800 && c < 0xE000) {
      c = 0xFFFD;
    }
    append_utf8(out, c);
  }
  return out;
}

std::string to_utf8(std::string_view text) {
  if (text.starts_with(kUtf8Mark)) return std::string(text.substr(kUtf8Mark.size()));
  if (text.starts_with("\xFF\xFE")) return utf16_to_utf8(text.substr(2), false);
  if (text.starts_with("\xFE\xFF")) return utf16_to_utf8(text.substr(2), true);
  return std::string(text);
}

pugi::xml_node node_of(const void* node) {
  // pugixml's own way to keep a node without showing its type.
  return pugi::xml_node(const_cast<pugi::xml_node_struct*>(static_cast<const pugi::xml_node_struct*>(node)));
}

bool is_name_end(char c) {
  return c == '=' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Where the attribute begins in the element that begins at `offset`; npos: not there.
std::size_t find_attribute(std::string_view source, std::size_t offset, std::string_view name) {
  char quote = 0;
  for (std::size_t i = offset; i < source.size(); ++i) {
    const char c = source[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return std::string_view::npos;
    } else if (i > offset && is_name_end(source[i - 1]) && source.substr(i, name.size()) == name &&
               i + name.size() < source.size() && is_name_end(source[i + name.size()])) {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

struct XmlText::Tree {
  pugi::xml_document document;
};

XmlText::XmlText(std::string file, std::string source)
    : file_(std::move(file)), source_(std::move(source)), line_starts_{0}, tree_(std::make_unique<Tree>()) {
  for (std::size_t i = 0; i < source_.size(); ++i) {
    if (source_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

XmlText::~XmlText() = default;

std::unique_ptr<XmlText> XmlText::parse(std::string file, std::string_view text, ConfigProblems& problems) {
  std::unique_ptr<XmlText> result(new XmlText(std::move(file), to_utf8(text)));
  const pugi::xml_parse_result parsed = result->tree_->document.load_buffer(
      result->source_.data(), result->source_.size(), pugi::parse_default, pugi::encoding_utf8);
  if (parsed) return result;
  problems.error("ZC0101", std::string("the file is not well-formed XML: ") + parsed.description(),
                 result->place(static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, parsed.offset))));
  return nullptr;
}

std::optional<XmlElement> XmlText::root() const {
  const pugi::xml_node node = tree_->document.document_element();
  return node ? std::optional<XmlElement>(XmlElement(*this, node.internal_object())) : std::nullopt;
}

ConfigPlace XmlText::place(std::size_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::size_t>(next - line_starts_.begin());
  return {file_, line, offset - *(next - 1) + 1};
}

std::string_view XmlElement::name() const {
  return node_of(node_).name();
}

std::vector<XmlElement> XmlElement::children() const {
  std::vector<XmlElement> elements;
  for (const pugi::xml_node node : node_of(node_).children()) {
    if (node.type() == pugi::node_element) elements.emplace_back(*text_, node.internal_object());
  }
  return elements;
}

std::optional<XmlElement> XmlElement::child(std::string_view name) const {
  for (const XmlElement& element : children()) {
    if (element.name() == name) return element;
  }
  return std::nullopt;
}

std::optional<std::string_view> XmlElement::attribute(std::string_view name) const {
  for (const pugi::xml_attribute attribute : node_of(node_).attributes()) {
    if (name == attribute.name()) return attribute.value();
  }
  return std::nullopt;
}

std::string XmlElement::text_of(std::string_view name, std::string_view fallback) const {
  return std::string(attribute(name).value_or(fallback));
}

std::vector<std::string> XmlElement::unknown_attributes(std::initializer_list<std::string_view> known) const {
  std::vector<std::string> unknown;
  for (const pugi::xml_attribute attribute : node_of(node_).attributes()) {
    const std::string_view name = attribute.name();
    // lockItem, lockAttributes and the like belong to every element of IIS.
    if (name.starts_with("lock") || name.starts_with("xmlns") || name.starts_with("xdt:")) continue;
    if (std::find(known.begin(), known.end(), name) == known.end()) unknown.emplace_back(name);
  }
  return unknown;
}

ConfigPlace XmlElement::place() const {
  const std::ptrdiff_t offset = node_of(node_).offset_debug();
  // The offset is that of the name; what people look for is the bracket before it.
  return text_->place(static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, offset)) - 1);
}

ConfigPlace XmlElement::place_of(std::string_view attribute) const {
  const std::ptrdiff_t offset = node_of(node_).offset_debug();
  const std::size_t found = offset < 0 ? std::string_view::npos
                                       : find_attribute(text_->source(), static_cast<std::size_t>(offset), attribute);
  return found == std::string_view::npos ? place() : text_->place(found);
}

}  // namespace zoo::module
