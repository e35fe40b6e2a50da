// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/catalog/product.h"

/// Rules: what the client rejects, hides, fails on or ignores, and what we ask of our own manifests. One file per rule;
/// docs/rules.md is written from the table (feedgen lint --list-rules).
namespace zoo::catalog {

class Lookup;

/// What a rule is, apart from its check.
struct RuleInfo {
  std::string_view id;  ///< ZX xml, ZM manifest, ZD feed definition, ZL lock, ZF feed and client.
  Severity severity;
  Effect effect;
  std::string_view title;   ///< The rule in one sentence: "a feed has an id".
  std::string_view hint;    ///< What to do when it is broken.
  std::string_view source;  ///< Where the fact is from: "webpi-feed 1 [C]".
};

/// What a check may look at.
struct RuleContext {
  const Catalog& catalog;
  const ProductIndex& index;
  /// Feeds that the client has loaded before this one; product ids and languages resolve into them.
  std::vector<const Catalog*> beside;
  /// True when `beside` names the complete primary feed, or the feed is to be primary itself: unresolved ids are then
  /// errors.
  bool closed = false;
  /// Made by check() and never null in a rule's check; callers leave it alone.
  const Lookup* lookup = nullptr;
};

/// Hands findings of one rule to the diagnostics.
class Report {
 public:
  Report(const RuleInfo& info, Diagnostics& diagnostics) : info_(info), diagnostics_(diagnostics) {}
  /// `message` says what was seen, one sentence without full stop.
  void operator()(SourcePos pos, std::string message, std::string_view product_id = {}) const;
  /// With another severity than the rule's usual one.
  void operator()(Severity severity, SourcePos pos, std::string message, std::string_view product_id = {}) const;

 private:
  const RuleInfo& info_;
  Diagnostics& diagnostics_;
};

/// A rule with its checks; each may be null. Checks keep no state and run in any order.
struct Rule {
  RuleInfo info;
  void (*feed)(const RuleContext&, const Report&) = nullptr;
  void (*product)(const RuleContext&, const Product&, const Report&) = nullptr;
  void (*installer)(const RuleContext&, const Product&, const Installer&, const Report&) = nullptr;
  void (*command)(const RuleContext&, const Product&, const Command&, const Report&) = nullptr;
  /// Every node of dependency trees, parents first; `product` is null in shared trees.
  void (*dependency)(const RuleContext&, const Product*, const Dependency&, const Report&) = nullptr;
  /// Every node of discovery hint trees, parents first; `product` is null in shared trees.
  void (*hint)(const RuleContext&, const Product*, const DiscoveryHint&, const Report&) = nullptr;
};

/// Every rule of the program in the order of ids, those without checks (reported by readers) too.
const std::vector<const Rule*>& all_rules();
/// The rule with this id; must exist.
const Rule& rule(std::string_view id);

/// The table as Markdown: docs/rules.md.
std::string rules_markdown();

/// Runs the ZF rules over a catalog.
void check(const RuleContext& context, Diagnostics& diagnostics);

}  // namespace zoo::catalog
