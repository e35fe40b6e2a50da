// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstdint>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0306 {

/// A name with blanks around it has its own rule.
bool has_blanks(std::string_view id) {
  return trimmed(id).size() != id.size();
}

void check_feed(const RuleContext& context, const Report& report) {
  if (!context.closed) return;
  const Graph& graph = context.lookup->graph();
  for (std::uint32_t node = 0; node < graph.size(); ++node) {
    for (const auto* edge = graph.begin(node); edge != graph.end(node); ++edge) {
      const Field& id = edge->leaf->id;
      if (edge->to != Graph::kOutside || edge->leaf->kind != Dependency::Kind::kProduct || has_blanks(id.text) ||
          context.lookup->is_beside(id.text))
        continue;
      report(id.pos, fmt::format("{} depends on {}, which no feed defines", quoted(graph.name(node)), quoted(id.text)),
             graph.is_product(node) ? graph.name(node) : std::string_view());
    }
  }
  for (const Product& product : context.catalog.products) {
    for (const Field& update : product.updates) {
      if (context.lookup->has_product(update.text)) continue;
      report(update.pos, fmt::format("updates names {}, which no feed defines", quoted(update.text)), product.id.text);
    }
  }
}

}  // namespace zf0306

const Rule kZf0306 = {.info = {"ZF0306", Severity::kError, Effect::kRejects,
                               "every product that a dependency or updates names is in this feed or one loaded before",
                               "add an entry for it, or load the feed beside the one that has it", "webpi-feed 3 [C]"},
                      .feed = zf0306::check_feed};

}  // namespace zoo::catalog::rules
