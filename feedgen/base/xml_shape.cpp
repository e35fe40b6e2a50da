// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/xml_shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

namespace zoo {
namespace {

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

template <typename Range, typename Name>
std::string names_of(const Range& range, Name name) {
  std::vector<std::string_view> names;
  for (const auto& item : range) names.push_back(name(item));
  return fmt::format("{}", fmt::join(names, ", "));
}

class ShapeCheck {
 public:
  ShapeCheck(const ShapeCodes& codes, Diagnostics& diagnostics) : codes_(codes), diagnostics_(diagnostics) {}

  void element(XmlNode node, const ElementShape& shape) {
    attributes(node, shape);
    text(node, shape);
    children_of(node, shape);
  }

 private:
  void attributes(XmlNode node, const ElementShape& shape) {
    for (XmlAttribute a = node.first_attribute(); a; a = a.next()) {
      const std::string_view name = a.name();
      if (name == "xmlns" || name.substr(0, 6) == "xmlns:" || name.substr(0, 4) == "xml:" ||
          name.substr(0, 4) == "xsi:")
        continue;
      const auto known = [&](const AttributeShape& s) { return s.name == name; };
      if (std::any_of(shape.attributes.begin(), shape.attributes.end(), known)) continue;
      const std::string allowed = names_of(shape.attributes, [](const AttributeShape& s) { return s.name; });
      diagnostics_.error(std::string(codes_.unknown_attribute),
                         fmt::format("<{}> has no attribute \"{}\"", shape.name, name), node.pos(name),
                         allowed.empty() ? "it has no attributes" : "it has: " + allowed);
    }
    for (const AttributeShape& s : shape.attributes) {
      if (!s.required || !blank(node.attribute(s.name).value())) continue;
      diagnostics_.error(std::string(codes_.missing),
                         fmt::format("<{}> needs the attribute \"{}\"", shape.name, s.name), node.pos(s.name));
    }
  }

  void text(XmlNode node, const ElementShape& shape) {
    const bool empty = blank(node.text());
    if (shape.text == TextShape::kNone && !empty) {
      diagnostics_.error(std::string(codes_.text), fmt::format("<{}> holds no text", shape.name), node.pos());
    }
    if (shape.text == TextShape::kRequired && empty) {
      diagnostics_.error(std::string(codes_.missing), fmt::format("<{}> is empty", shape.name), node.pos());
    }
  }

  void children_of(XmlNode node, const ElementShape& shape) {
    std::vector<unsigned> counts(shape.children.size(), 0);
    for (const XmlNode child : children(node)) {
      const auto found = std::find_if(shape.children.begin(), shape.children.end(),
                                      [&](const ChildShape& c) { return c.shape->name == child.name(); });
      if (found == shape.children.end()) {
        unknown(child, shape);
        continue;
      }
      unsigned& count = counts[static_cast<std::size_t>(found - shape.children.begin())];
      if (++count > found->max) {
        diagnostics_.error(std::string(codes_.repeated),
                           fmt::format("<{}> may stand only once in <{}>", child.name(), shape.name), child.pos());
      }
      element(child, *found->shape);
    }
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] >= shape.children[i].min) continue;
      diagnostics_.error(std::string(codes_.missing),
                         fmt::format("<{}> needs <{}>", shape.name, shape.children[i].shape->name), node.pos());
    }
  }

  void unknown(XmlNode child, const ElementShape& parent) {
    const std::string allowed = names_of(parent.children, [](const ChildShape& c) { return c.shape->name; });
    diagnostics_.error(std::string(codes_.unknown_element),
                       fmt::format("<{}> may not stand in <{}>", child.name(), parent.name), child.pos(),
                       allowed.empty() ? "it has no elements in it" : "it may hold: " + allowed);
  }

  const ShapeCodes& codes_;
  Diagnostics& diagnostics_;
};

}  // namespace

bool check_shape(XmlNode root, const ElementShape& shape, std::string_view xml_namespace, const ShapeCodes& codes,
                 Diagnostics& diagnostics) {
  if (root.name() != shape.name || root.attribute("xmlns").value() != xml_namespace) {
    diagnostics.error(std::string(codes.root),
                      fmt::format("the root element is not <{} xmlns=\"{}\">", shape.name, xml_namespace), root.pos());
    return false;
  }
  ShapeCheck(codes, diagnostics).element(root, shape);
  return true;
}

}  // namespace zoo
