// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "module/setup/xml_scan.h"

namespace zoo::setup {

/// An element that is to be written.
struct NewElement {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<NewElement> children;
  /// A container that the document lacked: it goes again with the last thing in it.
  bool passing = false;
};

/// Changes an XML text and leaves everything else as it is, byte by byte: blanks, comments, quotes, line ends. What
/// append() and insert_first() put in, remove() takes out again without a trace, so that install and uninstall give the
/// original file. What a removal must know is told by blanks in the end tag of a container, which have no meaning in
/// XML:
/// `</modules >` was an empty-element tag, `</modules  >` was empty, `</modules   >` was not there.
///
/// Ids of elements are valid until the next change; those before the place of the change stay.
class ConfigEditor {
 public:
  /// `name` is the file's name for messages.
  static SetupResult<ConfigEditor> open(std::string text, std::string name);

  const XmlScan& scan() const { return scan_; }
  const std::string& text() const { return *text_; }
  const std::string& name() const { return name_; }
  static constexpr ElementId kRoot = 0;

  /// Writes the element behind all that is in `parent`.
  SetupResult<void> append(ElementId parent, const NewElement& element);
  /// Writes the element before all that is in `parent`.
  SetupResult<void> insert_first(ElementId parent, const NewElement& element);
  SetupResult<void> replace(ElementId old, const NewElement& element);
  /// Removes the element with its line; and the containers that held nothing else and came with it.
  SetupResult<void> remove(ElementId element);

 private:
  ConfigEditor() = default;
  SetupResult<void> splice(std::size_t begin, std::size_t end, std::string_view text);
  SetupResult<void> fill_empty(const ScannedElement& parent, const NewElement& element);
  SetupResult<void> collapse(ElementId element);
  std::string indent_of(const ScannedElement& element) const;
  std::string child_indent(const ScannedElement& parent) const;
  std::string render(const NewElement& element, const std::string& indent, bool lines) const;
  std::string_view content(const ScannedElement& element) const;
  void find_layout();

  std::unique_ptr<const std::string> text_;  ///< The scan points into it.
  std::string name_;
  XmlScan scan_;
  std::string line_end_ = "\r\n";
  std::string unit_ = "    ";
};

}  // namespace zoo::setup
