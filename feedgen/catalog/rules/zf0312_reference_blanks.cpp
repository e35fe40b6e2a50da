// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstdint>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0312 {

void check_feed(const RuleContext& context, const Report& report) {
  const Graph& graph = context.lookup->graph();
  for (std::uint32_t node = 0; node < graph.size(); ++node) {
    for (const auto* edge = graph.begin(node); edge != graph.end(node); ++edge) {
      const Field& id = edge->leaf->id;
      if (edge->to != Graph::kOutside || edge->leaf->kind != Dependency::Kind::kProduct ||
          trimmed(id.text).size() == id.text.size() || context.lookup->is_beside(id.text))
        continue;
      report(id.pos, fmt::format("no product has the id {} with its blanks", quoted(id.text)),
             graph.is_product(node) ? graph.name(node) : std::string_view());
    }
  }
}

}  // namespace zf0312

const Rule kZf0312 = {.info = {"ZF0312", Severity::kError, Effect::kRejects,
                               "the name of a product has no blanks around it where it is referred to",
                               "drop the blanks and line ends within the element: they count", "webpi-feed 2 [C]"},
                      .feed = zf0312::check_feed};

}  // namespace zoo::catalog::rules
