// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/config_problem.h"

namespace zoo::module {

class XmlText;

/// An element of a configuration file that knows its place. Cheap to copy; valid while its XmlText is.
class XmlElement {
 public:
  XmlElement(const XmlText& text, const void* node) : text_(&text), node_(node) {}

  std::string_view name() const;
  std::vector<XmlElement> children() const;
  std::optional<XmlElement> child(std::string_view name) const;
  /// Null: the attribute is not there.
  std::optional<std::string_view> attribute(std::string_view name) const;
  std::string text_of(std::string_view name, std::string_view fallback = {}) const;
  /// The names of attributes that are not among `known`.
  std::vector<std::string> unknown_attributes(std::initializer_list<std::string_view> known) const;
  ConfigPlace place() const;
  ConfigPlace place_of(std::string_view attribute) const;

 private:
  const XmlText* text_;
  const void* node_;
};

/// A parsed file.
class XmlText {
 public:
  /// Null after a problem has been reported.
  static std::unique_ptr<XmlText> parse(std::string file, std::string_view text, ConfigProblems& problems);
  ~XmlText();
  XmlText(const XmlText&) = delete;
  XmlText& operator=(const XmlText&) = delete;

  std::optional<XmlElement> root() const;
  ConfigPlace place(std::size_t offset) const;
  std::string_view source() const { return source_; }

 private:
  XmlText(std::string file, std::string source);
  struct Tree;
  std::string file_;
  std::string source_;  ///< UTF-8
  std::vector<std::size_t> line_starts_;
  std::unique_ptr<Tree> tree_;
};

}  // namespace zoo::module
