// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "module/setup/setup_result.h"

/// Where the elements of an XML document lie in its text. zoosetup edits a text that others wrote and own: it needs the
/// place of every tag, which no parser that builds a document keeps, and it must not lose a comment or a blank.
namespace zoo::setup {

/// An index into XmlScan::elements.
using ElementId = std::size_t;
constexpr ElementId kNoElement = static_cast<ElementId>(-1);

struct ScannedAttribute {
  std::string_view name;
  std::string_view raw;  ///< Between the quotes, with its references.
};

/// Offsets into the text.
struct ScannedElement {
  std::string_view name;
  std::size_t begin = 0;        ///< Of "<".
  std::size_t open_end = 0;     ///< After the ">" of the start tag.
  std::size_t close_begin = 0;  ///< Of "</"; of an empty-element tag: open_end.
  std::size_t end = 0;          ///< After the last ">".
  bool self_closing = false;
  std::size_t first_attribute = 0;
  std::size_t attribute_count = 0;
  ElementId parent = kNoElement;
  ElementId first_child = kNoElement;
  ElementId last_child = kNoElement;
  ElementId next_sibling = kNoElement;
};

/// The elements in document order; the first one is the root. Views point into the text, which the caller keeps.
class XmlScan {
 public:
  std::vector<ScannedElement> elements;
  std::vector<ScannedAttribute> attributes;

  const ScannedElement& at(ElementId id) const { return elements[id]; }
  std::vector<ElementId> children(ElementId parent) const;
  /// The first child of this name; names are compared as XML does, by case.
  ElementId child(ElementId parent, std::string_view name) const;
  /// The attribute's value with its references resolved.
  std::optional<std::string> attribute(ElementId element, std::string_view name) const;
  std::vector<std::pair<std::string, std::string>> all_attributes(ElementId element) const;
};

/// Checks that `text` is well-formed XML without a DOCTYPE and finds its elements. The error names file, line and
/// column.
SetupResult<XmlScan> scan_xml(std::string_view text, const std::string& file_name);

/// `text` with &, <, " and control characters written as references, for use between double quotes.
std::string escape_attribute(std::string_view text);

}  // namespace zoo::setup
