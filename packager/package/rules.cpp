// SPDX-License-Identifier: Apache-2.0
#include "packager/package/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace zoo::package {
namespace {

struct Chapter {
  std::string_view prefix, title;
};
constexpr Chapter kChapters[] = {{"ZP01", "The container"},  {"ZP02", "What kind of package"}, {"ZP03", "The manifest"},
                                 {"ZP04", "The parameters"}, {"ZP05", "What lies under zoo/"}, {"ZP06", "Building"},
                                 {"ZP07", "Deploying"},      {"ZP08", "Two packages"}};

/// A '|' would end the cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

const std::vector<RuleInfo>& all_rules() {
  static const std::vector<RuleInfo> rules = {
#define ZP_RULE(id, severity, effect, title, hint, source) \
  RuleInfo{id, Severity::severity, Effect::effect, title, hint, source},
#include "packager/package/rules.def"
#undef ZP_RULE
  };
  return rules;
}

const RuleInfo& rule(std::string_view id) {
  const auto& rules = all_rules();
  return *std::find_if(rules.begin(), rules.end(), [&](const RuleInfo& r) { return r.id == id; });
}

void report(Diagnostics& diagnostics, std::string_view id, std::string message, SourcePos pos) {
  const RuleInfo& r = rule(id);
  diagnostics.add({r.severity, std::string(r.id), std::move(message), std::string(r.hint), r.effect, pos, {}});
}

std::string_view rule_of(NameProblem problem) {
  switch (problem) {
    case NameProblem::kOutside:
      return "ZP0106";
    case NameProblem::kLost:
      return "ZP0107";
    case NameProblem::kBackslash:
      return "ZP0108";
    case NameProblem::kWindows:
      return "ZP0109";
    case NameProblem::kNotUtf8:
      return "ZP0111";
    case NameProblem::kNone:
      break;
  }
  return {};
}

std::string rules_markdown() {
  std::string out =
      "# Rules for packages\n\nWritten from the rule table by the tests (`ZOO_UPDATE_GOLDEN=1`); do not edit by hand.\n"
      "\"silent\" in a source means that Web Deploy says nothing: the package installs and something is missing.\n";
  for (const Chapter& chapter : kChapters) {
    out +=
        fmt::format("\n## {}\n\n| id | severity | effect | rule | what to do | source |\n| - | - | - | - | - | - |\n",
                    chapter.title);
    for (const RuleInfo& r : all_rules()) {
      if (r.id.substr(0, 4) != chapter.prefix) continue;
      out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", r.id, name(r.severity), name(r.effect), cell(r.title),
                         cell(r.hint), cell(r.source));
    }
  }
  return out;
}

}  // namespace zoo::package
