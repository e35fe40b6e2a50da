// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0212 {

/// True when a walk along the dependencies leads from `from` to `to`, or out of the feed, where nobody knows.
bool may_lead_to(const Graph& graph, std::uint32_t from, std::uint32_t to) {
  std::vector<std::uint32_t> left = {from};
  std::unordered_set<std::uint32_t> seen = {from};
  while (!left.empty()) {
    const std::uint32_t node = left.back();
    left.pop_back();
    for (const auto* edge = graph.begin(node); edge != graph.end(node); ++edge) {
      if (edge->to == to) return true;
      if (edge->to != Graph::kOutside && seen.insert(edge->to).second) left.push_back(edge->to);
    }
  }
  return false;
}

void check_product(const RuleContext& context, const Product& product, const Report& report) {
  for (const Field& update : product.updates) {
    const std::ptrdiff_t newer = context.index.position(update.text);
    const std::ptrdiff_t self = context.index.position(product.id.text);
    if (newer < 0 || self < 0) continue;
    if (may_lead_to(context.lookup->graph(), static_cast<std::uint32_t>(newer), static_cast<std::uint32_t>(self)))
      continue;
    report(update.pos,
           fmt::format("{} does not depend on {}, which it updates", quoted(update.text), quoted(product.id.text)),
           product.id.text);
  }
}

}  // namespace zf0212

const Rule kZf0212 = {.info = {"ZF0212", Severity::kError, Effect::kRejects,
                               "a product named in updates depends on the product that it updates",
                               "make the newer product depend on this one or drop it from updates", "webpi-feed 2 [C]"},
                      .product = zf0212::check_product};

}  // namespace zoo::catalog::rules
