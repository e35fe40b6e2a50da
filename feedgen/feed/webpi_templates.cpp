// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/webpi_templates.h"

#include <fmt/format.h>

#include <algorithm>

#include "feedgen/catalog/rules/rule.h"

namespace zoo::feed::webpi {

void Expander::define(XmlNode templates) {
  for (const XmlNode node : zoo::children(templates)) {
    if (name(node) != Name::kTemplate) continue;
    Definition definition{node, {}};
    for (XmlAttribute a = node.first_attribute(); a; a = a.next()) {
      if (a.name() != kId && a.name().substr(0, kXmlns.size()) != kXmlns) definition.arguments.push_back(a.value());
    }
    definitions_.emplace(node.attribute(kId).value(), std::move(definition));
  }
}

Name Expander::name(XmlNode node) const {
  const std::string_view written = node.name();
  if (prefix_.empty()) return name_of(written);
  return written.substr(0, prefix_.size()) == prefix_ ? name_of(written.substr(prefix_.size())) : Name::kUnknown;
}

std::string_view Expander::local_name(XmlNode node) const {
  const std::string_view written = node.name();
  return written.substr(written.substr(0, prefix_.size()) == prefix_ ? prefix_.size() : 0);
}

bool Expander::is_foreign(XmlNode node) const {
  const XmlAttribute declared = node.attribute(kXmlns);
  return declared && declared.value() != kNamespace && prefix_.empty();
}

bool Expander::within_budget(const Element& element) {
  if (exhausted()) return false;
  if (++expanded_ < limit_) return true;
  report("ZF0804", pos(element), fmt::format("templates and product versions expand to more than {} elements", limit_));
  return false;
}

void Expander::exhaust(SourcePos pos, std::string message) {
  if (!exhausted()) report("ZF0804", pos, std::move(message));
  expanded_ = limit_;
}

Element Expander::enter(Name name, const Element& element) {
  return name == Name::kTemplate ? enter_template(element) : enter_version(element);
}

Element Expander::enter_template(const Element& call) {
  const XmlAttribute reference = call.node.attribute(kIdref);
  if (!reference || !within_budget(call)) return {};
  const std::string_view id = expanded(reference.value(), call.frame);
  const auto found = definitions_.find(id);
  if (found == definitions_.end()) {
    report("ZF0801", pos(call), fmt::format("no template has the id \"{}\"", id));
    return {};
  }
  for (const Frame* frame = call.frame; frame != nullptr; frame = frame->outer) {
    if (frame->template_id != id) continue;
    report("ZF0803", pos(call),
           fmt::format("template \"{}\" calls itself through \"{}\"", id, call.frame->template_id));
    return {};
  }
  Frame frame{found->first, {}, pos(call), call.frame, call.frame != nullptr ? call.frame->depth + 1 : 1};
  if (frame.depth > kMaxCalls) {
    exhaust(pos(call), fmt::format("template calls are nested more than {} deep", kMaxCalls));
    return {};
  }
  for (const std::string_view argument : found->second.arguments) {
    const XmlAttribute given = call.node.attribute(argument);
    if (!given) report("ZF0802", pos(call), fmt::format("template \"{}\" lacks its argument \"{}\"", id, argument));
    frame.arguments.emplace_back(argument, expanded(given.value(), call.frame));
  }
  frames_.push_back(std::move(frame));
  return {found->second.node, &frames_.back()};
}

Element Expander::enter_version(const Element& versions) {
  if (version_.empty()) {
    passed_versions_ = true;
    return {};
  }
  for (const XmlNode node : zoo::children(versions.node)) {
    const Element version{node, versions.frame};
    if (name(node) == Name::kProductVersion && attribute(version, kId) == version_) return version;
  }
  return {};
}

std::string_view Expander::text(const Element& element) {
  const std::string_view own = element.node.text();
  const XmlNode inner = element.node.first_child();
  if (inner && name(inner) == Name::kTemplate) {
    std::string joined(expanded(own, element.frame));
    for (const XmlNode node : zoo::children(element.node)) {
      if (name(node) != Name::kTemplate) continue;
      if (const Element body = enter_template({node, element.frame})) joined += text(body);
    }
    return keep(std::move(joined));
  }
  return element.frame != nullptr ? expanded(own, element.frame) : own;
}

std::string_view Expander::attribute(const Element& element, std::string_view name) {
  const std::string_view value = element.node.attribute(name).value();
  return element.frame != nullptr ? expanded(value, element.frame) : value;
}

catalog::Field Expander::field(const Element& element, std::string_view attribute_name) {
  const XmlAttribute found = element.node.attribute(attribute_name);
  if (!found) return {};
  const SourcePos place = element.frame != nullptr ? element.frame->call : element.node.pos(attribute_name);
  return {element.frame != nullptr ? expanded(found.value(), element.frame) : found.value(), place};
}

/// Replaces `$name$` of the frame's arguments; anything else stays as it is. One call can at most multiply the text by
/// the length of an argument, so that checking the bound afterwards is enough.
std::string_view Expander::expanded(std::string_view text, const Frame* frame) {
  if (frame == nullptr || text.find('$') == std::string_view::npos) return text;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = std::min(text.find('$', at), text.size());
    out.append(text, at, open - at);
    if (open == text.size()) break;
    const std::size_t close = text.find('$', open + 1);
    const std::string_view token = close == std::string_view::npos ? "" : text.substr(open + 1, close - open - 1);
    const auto argument = std::find_if(frame->arguments.begin(), frame->arguments.end(),
                                       [&](const auto& a) { return !token.empty() && a.first == token; });
    const bool known = argument != frame->arguments.end();
    out.append(known ? argument->second : "$");
    at = known ? close + 1 : open + 1;
  }
  expanded_text_ += out.size();
  if (expanded_text_ > kMaxText) {
    exhaust(frame->call, fmt::format("template arguments expand to more than {} bytes of text", kMaxText));
    return text;
  }
  return keep(std::move(out));
}

void Expander::report(std::string_view rule_id, SourcePos pos, std::string message) {
  catalog::Report(catalog::rule(rule_id).info, diagnostics_)(pos, std::move(message));
}

}  // namespace zoo::feed::webpi
