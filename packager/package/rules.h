// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "packager/package/names.h"

/// The rules for packages, ids ZP: one table (rules.def). docs/package-rules.md is written from it.
namespace zoo::package {

struct RuleInfo {
  std::string_view id;
  Severity severity;
  Effect effect;
  std::string_view title;   ///< The rule in one sentence: "every parameter entry matches something".
  std::string_view hint;    ///< What to do when it is broken.
  std::string_view source;  ///< Where the fact is from: "web-deploy 5".
};

const std::vector<RuleInfo>& all_rules();
/// The rule with this id; must exist.
const RuleInfo& rule(std::string_view id);

/// Adds a finding of a rule; `message` says what was seen, one sentence without full stop.
void report(Diagnostics& diagnostics, std::string_view id, std::string message, SourcePos pos = {});

/// The rule that a name breaks; "" for kNone.
std::string_view rule_of(NameProblem problem);

/// The table as Markdown.
std::string rules_markdown();

}  // namespace zoo::package
