// SPDX-License-Identifier: Apache-2.0
#include "packager/package/xml_edit.h"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>
#include <vector>

namespace zoo::package {
namespace {

constexpr unsigned kParse = pugi::parse_full | pugi::parse_ws_pcdata;

tl::unexpected<Error> no_xml(const pugi::xml_parse_result& parsed) {
  return fail(ExitCode::kFindings, fmt::format("it is no XML: {} at byte {}", parsed.description(), parsed.offset));
}

/// Whether a default namespace is in force at an element.
bool in_namespace(pugi::xml_node node) {
  for (; node; node = node.parent()) {
    if (const pugi::xml_attribute xmlns = node.attribute("xmlns")) return *xmlns.value() != '\0';
  }
  return false;
}

/// pugixml does not know namespaces: what it selects by plain names in one, .NET does not.
bool selected_by_dotnet(const pugi::xpath_node& node, std::string_view xpath) {
  if (xpath.find("local-name(") != std::string_view::npos || xpath.find('*') != std::string_view::npos) return true;
  return !in_namespace(node.attribute() ? node.parent() : node.node());
}

std::vector<pugi::xpath_node> select(const pugi::xml_document& document, std::string_view xpath) {
  std::vector<pugi::xpath_node> out;
  try {
    const pugi::xpath_query query(std::string(xpath).c_str());
    if (query.return_type() != pugi::xpath_type_node_set) return out;
    for (const pugi::xpath_node& node : query.evaluate_node_set(document)) {
      if (selected_by_dotnet(node, xpath)) out.push_back(node);
    }
  } catch (const pugi::xpath_exception&) {
    out.clear();  // xpath_problem() tells it
  }
  return out;
}

/// False when the value is no XML.
bool replace_element(pugi::xml_node node, std::string_view value) {
  pugi::xml_node parent = node.parent();
  pugi::xml_document fragment;
  if (!fragment.load_buffer(value.data(), value.size(), kParse | pugi::parse_fragment)) return false;
  for (pugi::xml_node child : fragment.children()) parent.insert_copy_before(child, node);
  return parent.remove_child(node);
}

bool set(const pugi::xpath_node& node, std::string_view value) {
  if (pugi::xml_attribute attribute = node.attribute()) return attribute.set_value(std::string(value).c_str());
  if (node.node().type() == pugi::node_element) return replace_element(node.node(), value);
  return node.node().set_value(std::string(value).c_str());
}

}  // namespace

std::optional<std::string> xpath_problem(std::string_view xpath) {
  if (xpath.empty()) return "it is empty";
  try {
    const pugi::xpath_query query(std::string(xpath).c_str());
    if (query.return_type() != pugi::xpath_type_node_set) return "it selects no nodes";
  } catch (const pugi::xpath_exception& error) {
    return error.what();
  }
  return std::nullopt;
}

Result<std::size_t> xpath_count(std::string_view xml, std::string_view xpath) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size(), kParse);
  if (!parsed) return no_xml(parsed);
  return select(document, xpath).size();
}

Result<XmlEdit> xpath_set(std::string_view xml, std::string_view xpath, std::string_view value) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size(), kParse);
  if (!parsed) return no_xml(parsed);
  XmlEdit out;
  for (const pugi::xpath_node& node : select(document, xpath)) {
    if (!set(node, value)) return fail(ExitCode::kFindings, fmt::format("the value is no XML: {}", value));
    ++out.count;
  }
  std::ostringstream text;
  document.save(text, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  out.text = text.str();
  return out;
}

}  // namespace zoo::package
