// SPDX-License-Identifier: Apache-2.0
#include "packager/package/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "feedgen/base/xml_writer.h"
#include "feedgen/catalog/product.h"
#include "feedgen/catalog/values.h"
#include "packager/package/regex.h"
#include "packager/package/rules.h"

namespace zoo::package {
namespace {

using catalog::same_id;

constexpr std::array<std::string_view, 9> kKinds = {"",
                                                    "ProviderPath",
                                                    "TextFile",
                                                    "XmlFile",
                                                    "TextFilePosition",
                                                    "DeploymentObjectAttribute",
                                                    "DestinationVirtualDirectory",
                                                    "DestinationBinding",
                                                    "SqlCommandVariable"};

class Reader {
 public:
  explicit Reader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  Parameters run(XmlNode root) {
    Parameters out;
    out.pos = root.pos();
    if (root.name() != "parameters") {
      report(diagnostics_, "ZP0401", fmt::format("the root element is <{}>, not <parameters>", root.name()),
             root.pos());
      return out;
    }
    for (const XmlNode child : children(root)) {
      if (child.name() == "parameter") {
        out.items.push_back(parameter(child));
      } else if (child.name() == "setParameter") {
        out.items.push_back(set_parameter(child));
      } else {
        unknown(child, "parameters");
      }
    }
    return out;
  }

 private:
  void unknown(XmlNode node, std::string_view parent) {
    report(diagnostics_, "ZP0401", fmt::format("<{}> may not stand in <{}>", node.name(), parent), node.pos());
  }

  void only(XmlNode node, std::initializer_list<std::string_view> known) {
    for (XmlAttribute a = node.first_attribute(); a; a = a.next()) {
      if (std::find(known.begin(), known.end(), a.name()) != known.end() || a.name().substr(0, 5) == "xmlns") continue;
      report(diagnostics_, "ZP0401", fmt::format("<{}> has no attribute \"{}\"", node.name(), a.name()),
             node.pos(a.name()));
    }
  }

  static Value value(XmlNode node, std::string_view attribute) {
    const XmlAttribute a = node.attribute(attribute);
    return {std::string(a ? a.value() : std::string_view()), static_cast<bool>(a), node.pos(attribute)};
  }

  /// kind and type are synonyms; with both, kind counts.
  static Value kind(XmlNode node) { return node.attribute("kind") ? value(node, "kind") : value(node, "type"); }

  Parameter parameter(XmlNode node) {
    only(node, {"name", "friendlyName", "description", "defaultValue", "value", "tags"});
    Parameter p;
    p.pos = node.pos();
    p.name = value(node, "name");
    p.friendly_name = value(node, "friendlyName");
    p.description = value(node, "description");
    p.default_value = value(node, "defaultValue");
    p.value = value(node, "value");
    p.tags = value(node, "tags");
    for (const XmlNode child : children(node)) part(child, p);
    return p;
  }

  static Parameter set_parameter(XmlNode node) {
    Parameter p;
    p.pos = node.pos();
    p.name = value(node, "name");
    p.value = value(node, "value");
    return p;
  }

  void part(XmlNode child, Parameter& p) {
    if (child.name() == "parameterEntry") {
      only(child, {"kind", "type", "scope", "match", "tags"});
      const Value k = kind(child);
      p.entries.push_back(
          {child.pos(), entry_kind(k.text), k, value(child, "scope"), value(child, "match"), value(child, "tags")});
    } else if (child.name() == "parameterValidation") {
      only(child, {"kind", "type", "validationString"});
      p.validations.push_back({child.pos(), kind(child), value(child, "validationString")});
    } else if (child.name() == "description" || child.name() == "friendlyName") {
      only(child, {"culture"});
      auto& list = child.name() == "description" ? p.descriptions : p.friendly_names;
      list.push_back({std::string(child.attribute("culture").value()), std::string(child.text())});
    } else {
      unknown(child, "parameter");
    }
  }

  Diagnostics& diagnostics_;
};

/// Attributes in a fixed order, absent ones left out.
void put(std::string& out, std::string_view attribute, const Value& value) {
  if (!value.present) return;
  out += ' ';
  out += attribute;
  out += "=\"";
  append_escaped(out, value.text, true);
  out += '"';
}

void put_texts(std::string& out, std::string_view element, const std::vector<LocalizedText>& texts) {
  for (const LocalizedText& t : texts) {
    out += fmt::format("    <{} culture=\"", element);
    append_escaped(out, t.culture, true);
    out += "\">";
    append_escaped(out, t.text, false);
    out += fmt::format("</{}>\n", element);
  }
}

void put_entry(std::string& out, const ParameterEntry& e) {
  out += "    <parameterEntry";
  put(out, "kind", e.kind_text);
  put(out, "scope", e.scope);
  put(out, "match", e.match);
  put(out, "tags", e.tags);
  out += " />\n";
}

void put_parameter(std::string& out, const Parameter& p) {
  out += "  <parameter";
  put(out, "name", p.name);
  put(out, "friendlyName", p.friendly_name);
  put(out, "description", p.description);
  put(out, "defaultValue", p.default_value);
  put(out, "value", p.value);
  put(out, "tags", p.tags);
  if (p.descriptions.empty() && p.friendly_names.empty() && p.entries.empty() && p.validations.empty()) {
    out += " />\n";
    return;
  }
  out += ">\n";
  put_texts(out, "friendlyName", p.friendly_names);
  put_texts(out, "description", p.descriptions);
  for (const ParameterEntry& e : p.entries) put_entry(out, e);
  for (const Validation& v : p.validations) {
    out += "    <parameterValidation";
    put(out, "kind", v.kind);
    put(out, "validationString", v.text);
    out += " />\n";
  }
  out += "  </parameter>\n";
}

std::optional<std::string> problem_of(const Validation& v, std::string_view value) {
  if (value.empty() && v.has("AllowEmpty")) return std::nullopt;
  if (v.has("RegularExpression")) {
    std::string problem;
    const auto regex = Regex::compile(v.text.text, problem);
    if (regex && !regex->search(value)) return fmt::format("\"{}\" does not match {}", value, v.text.text);
  }
  if (v.has("Enumeration")) {
    const auto allowed = catalog::split(v.text.text, ',');
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
      return fmt::format("\"{}\" is none of {}", value, v.text.text);
    }
  }
  if (v.has("Boolean") && !same_id(value, "True") && !same_id(value, "False")) {
    return fmt::format("\"{}\" is neither True nor False", value);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(EntryKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

EntryKind entry_kind(std::string_view text) {
  for (std::size_t i = 1; i < kKinds.size(); ++i) {
    if (same_id(kKinds[i], text)) return static_cast<EntryKind>(i);
  }
  return EntryKind::kUnknown;
}

std::vector<std::string_view> tags_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (const std::string_view part : catalog::split(text, ',')) {
    if (const std::string_view tag = catalog::trimmed(part); !tag.empty()) out.push_back(tag);
  }
  return out;
}

bool Validation::has(std::string_view kind_name) const {
  const auto kinds = tags_of(kind.text);
  return std::any_of(kinds.begin(), kinds.end(), [&](std::string_view k) { return same_id(k, kind_name); });
}

bool Parameter::has_tag(std::string_view tag) const {
  const auto all = tags_of(tags.text);
  return std::any_of(all.begin(), all.end(), [&](std::string_view t) { return same_id(t, tag); });
}

std::optional<std::string> Parameter::initial() const {
  if (value.present) return value.text;
  if (default_value.present) return default_value.text;
  return std::nullopt;
}

const Parameter* Parameters::find(std::string_view wanted) const {
  for (const Parameter& p : items) {
    if (same_id(p.name.text, wanted)) return &p;
  }
  return nullptr;
}

Parameters read_parameters(const XmlDocument& document, Diagnostics& diagnostics) {
  return Reader(diagnostics).run(document.root());
}

std::string write_parameters(const Parameters& parameters) {
  std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<parameters>\n";
  for (const Parameter& p : parameters.items) put_parameter(out, p);
  return out + "</parameters>\n";
}

std::string write_set_parameters(const Parameters& parameters) {
  std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<parameters>\n";
  for (const Parameter& p : parameters.items) {
    if (p.has_tag("Hidden")) continue;
    out += "  <setParameter name=\"";
    append_escaped(out, p.name.text, true);
    out += "\" value=\"";
    append_escaped(out, p.initial().value_or(""), true);
    out += "\" />\n";
  }
  return out + "</parameters>\n";
}

std::vector<Reference> references_in(std::string_view text) {
  std::vector<Reference> out;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at)) {
    const std::size_t close = text.find_first_of("{}", at + 1);
    if (close == std::string_view::npos) break;
    if (text[close] == '}') {
      out.push_back({at, close + 1, text.substr(at + 1, close - at - 1)});
      at = close + 1;
    } else {
      at = close;
    }
  }
  return out;
}

std::string regex_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\^$.|?*+()[]{}#").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::optional<std::string> validation_problem(const Parameter& parameter, std::string_view value) {
  for (const Validation& v : parameter.validations) {
    if (auto problem = problem_of(v, value)) return problem;
  }
  return std::nullopt;
}

}  // namespace zoo::package
