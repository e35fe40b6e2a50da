// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <unordered_set>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0307 {

constexpr std::size_t kShown = 40;

/// Collects distinct names in the order seen.
class Names {
 public:
  void add(const Field& name) {
    if (!seen_.insert(folded(name.text)).second) return;
    if (!first_.known()) first_ = name.pos;
    if (seen_.size() <= kShown) list_ += (list_.empty() ? "" : ", ") + std::string(name.text.substr(0, 80));
  }
  bool empty() const { return seen_.empty(); }
  SourcePos first() const { return first_; }
  std::string list() const {
    return seen_.size() <= kShown ? list_ : fmt::format("{} and {} more", list_, seen_.size() - kShown);
  }

 private:
  std::unordered_set<std::string> seen_;
  std::string list_;
  SourcePos first_;
};

Names missing_products(const RuleContext& context) {
  Names out;
  const Graph& graph = context.lookup->graph();
  for (std::uint32_t node = 0; node < graph.size(); ++node) {
    for (const auto* edge = graph.begin(node); edge != graph.end(node); ++edge) {
      const Field& id = edge->leaf->id;
      const bool outside = edge->to == Graph::kOutside && edge->leaf->kind == Dependency::Kind::kProduct;
      if (outside && trimmed(id.text).size() == id.text.size() && !context.lookup->is_beside(id.text)) out.add(id);
    }
  }
  for (const Product& product : context.catalog.products) {
    for (const Field& update : product.updates) {
      if (!context.lookup->has_product(update.text)) out.add(update);
    }
  }
  return out;
}

Names missing_languages(const RuleContext& context) {
  Names out;
  // Without own languages all come from the other feed, which has its own rule.
  if (context.catalog.languages.empty()) return out;
  for (const Product& product : context.catalog.products) {
    for (const Installer& installer : product.installers) {
      if (installer.language.filled() && !context.lookup->has_language(installer.language.text))
        out.add(installer.language);
    }
  }
  return out;
}

void check_feed(const RuleContext& context, const Report& report) {
  if (context.closed) return;
  const Names products = missing_products(context);
  const Names languages = missing_languages(context);
  if (!products.empty())
    report(products.first(), "the feed loads only beside one that defines the products " + products.list());
  if (!languages.empty())
    report(languages.first(), "the feed loads only beside one that defines the languages " + languages.list());
}

}  // namespace zf0307

const Rule kZf0307 = {.info = {"ZF0307", Severity::kNote, Effect::kNone,
                               "a feed that names products or languages of another one loads beside that only",
                               "for use as primary feed add an entry or language for each", "webpi-feed 1 and 3 [C]"},
                      .feed = zf0307::check_feed};

}  // namespace zoo::catalog::rules
