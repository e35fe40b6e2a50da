// SPDX-License-Identifier: Apache-2.0
// <rewrite> of the URL Rewrite module, as Microsoft's configuration reference of its version 2 has it.
#include <array>
#include <utility>

#include "module/host/webconfig_sections.h"
#include "module/host/webconfig_values.h"

namespace zoo::module {
namespace {

template <typename T>
using Names = std::initializer_list<std::pair<std::string_view, T>>;

/// The value that the attribute names; `fallback` if it is not there, or after reporting that the name is unknown.
template <typename T>
T read_choice(const XmlElement& element, std::string_view attribute, Names<T> names, T fallback,
              ConfigProblems& problems) {
  const std::optional<std::string_view> text = element.attribute(attribute);
  if (!text) return fallback;
  for (const auto& [name, value] : names) {
    if (equal_nocase(*text, name)) return value;
  }
  problems.error("ZC0501", std::string(attribute) + "=\"" + std::string(*text) + "\" is unknown",
                 element.place_of(attribute), "IIS refuses the file");
  return fallback;
}

void warn_not_applied(const XmlElement& element, ConfigProblems& problems) {
  problems.warning("ZC0502", "<" + std::string(element.name()) + "> of <rewrite> has no effect in zoohost",
                   element.place(), "IIS applies it, if the URL Rewrite module is installed");
}

RewriteRule::Condition read_condition(const XmlElement& element, ConfigProblems& problems) {
  using Kind = RewriteRule::Condition::Kind;
  RewriteRule::Condition condition;
  condition.kind =
      read_choice<Kind>(element, "matchType",
                        {{"Pattern", Kind::kPattern}, {"IsFile", Kind::kIsFile}, {"IsDirectory", Kind::kIsDirectory}},
                        Kind::kPattern, problems);
  condition.input = element.text_of("input");
  condition.pattern = element.text_of("pattern");
  condition.ignore_case = read_bool(element, "ignoreCase", problems).value_or(true);
  condition.negate = read_bool(element, "negate", problems).value_or(false);
  return condition;
}

void read_conditions(const XmlElement& list, RewriteRule& rule, ConfigProblems& problems) {
  rule.any_condition =
      read_choice<bool>(list, "logicalGrouping", {{"MatchAll", false}, {"MatchAny", true}}, false, problems);
  rule.track_all_captures = read_bool(list, "trackAllCaptures", problems).value_or(false);
  for (const XmlElement& element : list.children()) {
    if (element.name() == "add") rule.conditions.push_back(read_condition(element, problems));
  }
}

unsigned read_redirect_status(const XmlElement& element, ConfigProblems& problems) {
  return read_choice<unsigned>(
      element, "redirectType",
      {{"Permanent", 301U}, {"Found", 302U}, {"SeeOther", 303U}, {"Temporary", 307U}, {"PermanentRedirect", 308U}},
      301U, problems);
}

RewriteRule::Action read_action(const XmlElement& element, ConfigProblems& problems) {
  using Kind = RewriteRule::Action::Kind;
  RewriteRule::Action action;
  action.kind = read_choice<Kind>(element, "type",
                                  {{"None", Kind::kNone},
                                   {"Rewrite", Kind::kRewrite},
                                   {"Redirect", Kind::kRedirect},
                                   {"CustomResponse", Kind::kCustomResponse},
                                   {"AbortRequest", Kind::kAbortRequest}},
                                  Kind::kNone, problems);
  action.url = element.text_of("url");
  action.append_query = read_bool(element, "appendQueryString", problems).value_or(true);
  if (action.kind == Kind::kRedirect) action.status = read_redirect_status(element, problems);
  if (action.kind == Kind::kCustomResponse) {
    action.status = static_cast<unsigned>(read_unsigned(element, "statusCode", 999, problems).value_or(500));
    action.sub_status = static_cast<unsigned>(read_unsigned(element, "subStatusCode", 999, problems).value_or(0));
    action.reason = element.text_of("statusReason");
  }
  return action;
}

void read_match(const XmlElement& element, RewriteRule& rule, ConfigProblems& problems) {
  rule.pattern = element.text_of("url");
  rule.ignore_case = read_bool(element, "ignoreCase", problems).value_or(true);
  rule.negate = read_bool(element, "negate", problems).value_or(false);
}

std::optional<RewriteRule> read_rule(const XmlElement& element, EditKind kind, ConfigProblems& problems) {
  using Syntax = RewriteRule::Syntax;
  std::optional<std::string> name = read_key(element, "name", problems);
  if (!name) return std::nullopt;
  RewriteRule rule;
  rule.name = *std::move(name);
  rule.place = element.place();
  if (kind == EditKind::kRemove) return rule;
  rule.enabled = read_bool(element, "enabled", problems).value_or(true);
  rule.stop_processing = read_bool(element, "stopProcessing", problems).value_or(false);
  rule.syntax = read_choice<Syntax>(
      element, "patternSyntax",
      {{"ECMAScript", Syntax::kEcmaScript}, {"Wildcard", Syntax::kWildcard}, {"ExactMatch", Syntax::kExactMatch}},
      Syntax::kEcmaScript, problems);
  for (const XmlElement& part : element.children()) {
    if (part.name() == "match") read_match(part, rule, problems);
    if (part.name() == "conditions") read_conditions(part, rule, problems);
    if (part.name() == "action") rule.action = read_action(part, problems);
    if (part.name() == "serverVariables" && !part.children().empty()) warn_not_applied(part, problems);
  }
  return rule;
}

std::optional<RewriteMap> read_map(const XmlElement& element, EditKind kind, ConfigProblems& problems) {
  std::optional<std::string> name = read_key(element, "name", problems);
  if (!name) return std::nullopt;
  RewriteMap map;
  map.name = *std::move(name);
  map.place = element.place();
  if (kind == EditKind::kRemove) return map;
  map.default_value = element.text_of("defaultValue");
  map.ignore_case = read_bool(element, "ignoreCase", problems).value_or(true);
  for (const XmlElement& entry : element.children()) {
    if (entry.name() == "add") map.entries.emplace_back(entry.text_of("key"), entry.text_of("value"));
  }
  return map;
}

}  // namespace

void read_rewrite(const XmlElement& section, SectionEdits& edits, ConfigProblems& problems) {
  for (const XmlElement& element : section.children()) {
    if (element.name() == "rules") {
      read_collection<RewriteRule>(
          element, {"rule"}, edits.rewrite_rules, problems,
          [&](const XmlElement& rule, EditKind kind) { return read_rule(rule, kind, problems); });
    } else if (element.name() == "rewriteMaps") {
      read_collection<RewriteMap>(element, {"rewriteMap"}, edits.rewrite_maps, problems,
                                  [&](const XmlElement& map, EditKind kind) { return read_map(map, kind, problems); });
    } else if (!element.children().empty()) {
      warn_not_applied(element, problems);
    }
  }
}

}  // namespace zoo::module
