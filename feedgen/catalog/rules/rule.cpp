// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog {
namespace {

/// A cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string family_title(std::string_view prefix) {
  if (prefix == "ZF01") return "Document and feed";
  if (prefix == "ZF02") return "Entries";
  if (prefix == "ZF03") return "Dependencies";
  if (prefix == "ZF04") return "Installers, architectures, Windows versions";
  if (prefix == "ZF05") return "Files, sizes, hashes, addresses";
  if (prefix == "ZF06") return "Commands and return codes";
  if (prefix == "ZF07") return "Discovery hints";
  if (prefix == "ZF08") return "Templates and versions";
  if (prefix == "ZF09") return "Hosting panels";
  if (prefix == "ZF10") return "Files beside the feed";
  return std::string(prefix);
}

}  // namespace

void Report::operator()(SourcePos pos, std::string message, std::string_view product_id) const {
  (*this)(info_.severity, pos, std::move(message), product_id);
}

void Report::operator()(Severity severity, SourcePos pos, std::string message, std::string_view product_id) const {
  diagnostics_.add({severity, std::string(info_.id), std::move(message), std::string(info_.hint), info_.effect, pos,
                    std::string(product_id)});
}

const std::vector<const Rule*>& all_rules() {
  static const std::vector<const Rule*> list = {
#define ZOO_RULE(symbol) &rules::symbol,
#include "feedgen/catalog/rules/rules.def"
#undef ZOO_RULE
  };
  return list;
}

const Rule& rule(std::string_view id) {
  const auto& rules = all_rules();
  return **std::lower_bound(rules.begin(), rules.end(), id,
                            [](const Rule* a, std::string_view b) { return a->info.id < b; });
}

std::string rules_markdown() {
  std::string out =
      "# Rules\n\nWritten from the rule table by the tests (`ZOO_UPDATE_GOLDEN=1`); do not edit by hand. A rule's "
      "usual "
      "severity is shown;\nsome findings of a rule are milder where the client's verdict depends on what it loads "
      "besides.\n";
  std::string_view family;
  for (const Rule* rule : all_rules()) {
    const RuleInfo& info = rule->info;
    if (info.id.substr(0, 4) != family) {
      family = info.id.substr(0, 4);
      out +=
          fmt::format("\n## {}\n\n| id | severity | effect | rule | what to do | source |\n| - | - | - | - | - | - |\n",
                      family_title(family));
    }
    out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", info.id, name(info.severity), name(info.effect),
                       cell(info.title), cell(info.hint), cell(info.source));
  }
  return out;
}

}  // namespace zoo::catalog
