// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zoo {

/// Writes indented UTF-8 XML into a string: two spaces a level, LF, no declaration of its own but begin(). Escapes what
/// XML 1.0 wants escaped; characters that XML cannot hold become U+FFFD. Names must be valid, elements closed in order.
class XmlWriter {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// The XML declaration.
  void begin() { out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"; }
  void open(std::string_view name, Attributes attributes = {});
  void close();
  /// <name attributes>text</name>, or <name/> for an empty text. Attributes with a null value are left out.
  void element(std::string_view name, std::string_view text, Attributes attributes = {});
  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  /// Takes the text; every element must be closed.
  std::string take() { return std::move(out_); }

 private:
  void indent();
  void start(std::string_view name, Attributes attributes);
  std::string out_;
  std::vector<std::string_view> open_;
};

/// Appends `text` escaped for character data, and for attribute values in double quotes when `attribute` is set.
void append_escaped(std::string& out, std::string_view text, bool attribute);

}  // namespace zoo
