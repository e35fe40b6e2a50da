// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <vector>

#include "feedgen/catalog/rules/lookup.h"
#include "feedgen/catalog/rules/rule.h"

namespace zoo::catalog {
namespace {

/// The checks of one kind, each with its report.
template <typename Check>
class Checks {
 public:
  void add(const Rule& rule, Check check, Diagnostics& diagnostics) {
    if (check != nullptr) checks_.emplace_back(check, Report(rule.info, diagnostics));
  }
  template <typename... Args>
  void run(const Args&... args) const {
    for (const auto& [check, report] : checks_) check(args..., report);
  }

 private:
  std::vector<std::pair<Check, Report>> checks_;
};

/// One walk over the catalog that calls every rule at every place it looks at.
class Engine {
 public:
  Engine(const RuleContext& context, Diagnostics& diagnostics) : context_(context) {
    for (const Rule* rule : all_rules()) {
      if (rule->info.id.substr(0, 2) != "ZF") continue;
      feed_.add(*rule, rule->feed, diagnostics);
      product_.add(*rule, rule->product, diagnostics);
      installer_.add(*rule, rule->installer, diagnostics);
      command_.add(*rule, rule->command, diagnostics);
      dependency_.add(*rule, rule->dependency, diagnostics);
      hint_.add(*rule, rule->hint, diagnostics);
    }
  }

  void run() const {
    feed_.run(context_);
    for (const Shared<Dependency>& shared : context_.catalog.dependencies) walk(nullptr, shared.value);
    for (const Shared<DiscoveryHint>& shared : context_.catalog.discovery_hints) walk(nullptr, shared.value);
    for (const Product& product : context_.catalog.products) walk(product);
  }

 private:
  void walk(const Product& product) const {
    product_.run(context_, product);
    walk(&product, product.dependency);
    walk(&product, product.discovery);
    for (const DiscoveryHint& hint : product.related_discovery) walk(&product, hint);
    for (const Command& command : product.defaults.commands) command_.run(context_, product, command);
    for (const Installer& installer : product.installers) {
      installer_.run(context_, product, installer);
      for (const Command& command : installer.commands) command_.run(context_, product, command);
    }
  }

  /// Trees are at most as deep as an XML text, so that recursion is bounded.
  void walk(const Product* product, const Dependency& tree) const {
    if (!tree.present()) return;
    dependency_.run(context_, product, tree);
    for (const Dependency& child : tree.children) walk(product, child);
  }
  void walk(const Product* product, const DiscoveryHint& tree) const {
    if (!tree.present()) return;
    hint_.run(context_, product, tree);
    for (const DiscoveryHint& child : tree.children) walk(product, child);
  }

  const RuleContext& context_;
  Checks<decltype(Rule::feed)> feed_;
  Checks<decltype(Rule::product)> product_;
  Checks<decltype(Rule::installer)> installer_;
  Checks<decltype(Rule::command)> command_;
  Checks<decltype(Rule::dependency)> dependency_;
  Checks<decltype(Rule::hint)> hint_;
};

}  // namespace

void check(const RuleContext& context, Diagnostics& diagnostics) {
  const Lookup lookup(context);
  RuleContext complete = context;
  complete.lookup = &lookup;
  Engine(complete, diagnostics).run();
}

}  // namespace zoo::catalog
