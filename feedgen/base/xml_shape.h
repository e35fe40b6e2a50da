// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/xml.h"

/// A small schema language for our own XML files: which elements, attributes and text may stand where. The published
/// XSDs say the same and more; a test compares the verdicts on every fixture.
namespace zoo {

struct AttributeShape {
  std::string_view name;
  bool required = false;
};

enum class TextShape { kNone, kOptional, kRequired };

struct ElementShape;

struct ChildShape {
  const ElementShape* shape = nullptr;
  unsigned min = 0;
  unsigned max = 1;  ///< kMany: no bound.
  static constexpr unsigned kMany = 0xFFFFFFFFU;
};

struct ElementShape {
  std::string_view name;
  TextShape text = TextShape::kNone;
  std::span<const AttributeShape> attributes;
  std::span<const ChildShape> children;
};

/// Rule ids under which a file kind reports its shape errors.
struct ShapeCodes {
  std::string_view root, unknown_element, unknown_attribute, missing, repeated, text;
};

/// Reports everything in the tree that the shape does not allow. False when the root itself (name or namespace) is
/// wrong: the file is then of another kind.
bool check_shape(XmlNode root, const ElementShape& shape, std::string_view xml_namespace, const ShapeCodes& codes,
                 Diagnostics& diagnostics);

}  // namespace zoo
