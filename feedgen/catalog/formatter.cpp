// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/formatter.h"

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>
#include <utility>
#include <vector>

#include "feedgen/base/xml_writer.h"
#include "feedgen/catalog/values.h"

namespace zoo::catalog {
namespace {

constexpr unsigned kParseOptions = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_comments |
                                   pugi::parse_pi | pugi::parse_wconv_attribute;

std::size_t attribute_rank(std::string_view name, const ElementShape* shape) {
  if (name.substr(0, 5) == "xmlns") return 0;
  if (shape == nullptr) return 1;
  const auto found = std::find_if(shape->attributes.begin(), shape->attributes.end(),
                                  [&](const AttributeShape& a) { return a.name == name; });
  return 1 + static_cast<std::size_t>(found - shape->attributes.begin());
}

std::vector<pugi::xml_attribute> ordered_attributes(pugi::xml_node node, const ElementShape* shape) {
  std::vector<pugi::xml_attribute> out(node.attributes_begin(), node.attributes_end());
  std::stable_sort(out.begin(), out.end(), [&](const pugi::xml_attribute& a, const pugi::xml_attribute& b) {
    return attribute_rank(a.name(), shape) < attribute_rank(b.name(), shape);
  });
  return out;
}

std::size_t child_rank(std::string_view name, const ElementShape& shape) {
  const auto found = std::find_if(shape.children.begin(), shape.children.end(),
                                  [&](const ChildShape& c) { return c.shape->name == name; });
  return static_cast<std::size_t>(found - shape.children.begin());
}

const ElementShape* child_shape(std::string_view name, const ElementShape* shape) {
  if (shape == nullptr) return nullptr;
  const std::size_t rank = child_rank(name, *shape);
  return rank < shape->children.size() ? shape->children[rank].shape : nullptr;
}

/// An element with the comments that stand before it; the last group may hold comments alone.
struct Group {
  std::vector<pugi::xml_node> before;
  pugi::xml_node element;
};

std::vector<Group> groups_of(pugi::xml_node parent) {
  std::vector<Group> out(1);
  for (const pugi::xml_node child : parent.children()) {
    if (child.type() == pugi::node_comment || child.type() == pugi::node_pi) out.back().before.push_back(child);
    if (child.type() != pugi::node_element) continue;
    out.back().element = child;
    out.emplace_back();
  }
  return out;
}

std::string text_of(pugi::xml_node node) {
  std::string out;
  for (const pugi::xml_node child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) out += child.value();
  }
  return collapsed(out);
}

class Writer {
 public:
  std::string write(const pugi::xml_document& document, const ElementShape& shape) {
    out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    for (const Group& group : groups_of(document)) {
      for (const pugi::xml_node node : group.before) aside(node, 0);
      if (group.element) element(group.element, &shape, 0, true);
    }
    return std::move(out_);
  }

 private:
  void indent(std::size_t depth) { out_.append(depth * 2, ' '); }

  /// Comments keep their text to the letter; only the first line moves.
  void aside(pugi::xml_node node, std::size_t depth) {
    indent(depth);
    if (node.type() == pugi::node_comment) {
      out_ += fmt::format("<!--{}-->\n", node.value());
    } else {
      out_ += fmt::format("<?{} {}?>\n", node.name(), node.value());
    }
  }

  void element(pugi::xml_node node, const ElementShape* shape, std::size_t depth, bool sort) {
    indent(depth);
    out_ += fmt::format("<{}", node.name());
    for (const pugi::xml_attribute& a : ordered_attributes(node, shape)) {
      out_ += fmt::format(" {}=\"", a.name());
      append_escaped(out_, a.value(), true);
      out_ += '"';
    }
    std::vector<Group> groups = groups_of(node);
    const bool has_children = groups.size() > 1 || !groups.back().before.empty();
    const std::string text = text_of(node);
    if (!has_children) {
      end_plain(text, node.name());
      return;
    }
    out_ += ">\n";
    if (!text.empty()) {
      indent(depth + 1);
      append_escaped(out_, text, false);
      out_ += '\n';
    }
    if (sort && shape != nullptr) sort_groups(groups, *shape);
    for (const Group& group : groups) {
      for (const pugi::xml_node before : group.before) aside(before, depth + 1);
      if (group.element) element(group.element, child_shape(group.element.name(), shape), depth + 1, false);
    }
    indent(depth);
    out_ += fmt::format("</{}>\n", node.name());
  }

  /// The end of an element without children, whose start tag is still open.
  void end_plain(const std::string& text, const char* name) {
    if (text.empty()) {
      out_ += "/>\n";
      return;
    }
    out_ += '>';
    append_escaped(out_, text, false);
    out_ += fmt::format("</{}>\n", name);
  }

  static void sort_groups(std::vector<Group>& groups, const ElementShape& shape) {
    std::stable_sort(groups.begin(), groups.end() - 1, [&](const Group& a, const Group& b) {
      return child_rank(a.element.name(), shape) < child_rank(b.element.name(), shape);
    });
  }

  std::string out_;
};

/// Everything that has meaning, in an order that formatting does not change; written apart from Writer on purpose.
void meaning(pugi::xml_node node, bool sort, std::vector<std::string>& out) {
  std::vector<std::string> attributes;
  for (const pugi::xml_attribute a : node.attributes()) attributes.push_back(fmt::format("{}={}", a.name(), a.value()));
  std::sort(attributes.begin(), attributes.end());
  out.push_back(fmt::format("<{}|{}|{}", node.name(), fmt::join(attributes, "|"), text_of(node)));
  std::vector<std::vector<std::string>> parts;
  for (const pugi::xml_node child : node.children()) {
    parts.emplace_back();
    if (child.type() == pugi::node_element) meaning(child, false, parts.back());
    if (child.type() == pugi::node_comment) parts.back().push_back(fmt::format("!{}", child.value()));
    if (child.type() == pugi::node_pi) parts.back().push_back(fmt::format("?{} {}", child.name(), child.value()));
  }
  if (sort) std::sort(parts.begin(), parts.end());
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  out.emplace_back(">");
}

std::vector<std::string> meaning_of(const pugi::xml_document& document) {
  std::vector<std::string> out;
  for (const pugi::xml_node node : document.children()) {
    if (node.type() == pugi::node_element) meaning(node, true, out);
    if (node.type() == pugi::node_comment) out.push_back(fmt::format("!{}", node.value()));
    if (node.type() == pugi::node_pi) out.push_back(fmt::format("?{} {}", node.name(), node.value()));
  }
  return out;
}

}  // namespace

Result<std::string> canonical_text(std::string_view text, const ElementShape& shape) {
  pugi::xml_document before;
  before.load_buffer(text.data(), text.size(), kParseOptions, pugi::encoding_utf8);
  std::string out = Writer().write(before, shape);
  pugi::xml_document after;
  const auto parsed = after.load_buffer(out.data(), out.size(), kParseOptions, pugi::encoding_utf8);
  if (!parsed || meaning_of(before) != meaning_of(after)) {
    return fail(ExitCode::kVerification, "formatting would change the meaning of the file; it is left as it is");
  }
  return out;
}

}  // namespace zoo::catalog
