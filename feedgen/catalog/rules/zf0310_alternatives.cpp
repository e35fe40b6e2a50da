// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0310 {

constexpr std::uint64_t kSlow = 10'000;  ///< SmartStore's 4000 are still handled.
constexpr std::uint64_t kHopeless = 1'000'000;

/// True when a tree that this one names has as many already: it is reported there.
bool is_inherited(const Graph& graph, std::uint32_t node, const std::vector<std::uint64_t>& counts,
                  std::uint64_t bound) {
  return std::any_of(graph.begin(node), graph.end(node),
                     [&](const Graph::Edge& edge) { return edge.to != Graph::kOutside && counts[edge.to] > bound; });
}

void check_feed(const RuleContext& context, const Report& report) {
  const Graph& graph = context.lookup->graph();
  const std::vector<std::uint64_t> counts = count_alternatives(graph);
  for (std::uint32_t node = 0; node < graph.size(); ++node) {
    const std::uint64_t bound = counts[node] > kHopeless ? kHopeless : kSlow;
    if (counts[node] <= kSlow || is_inherited(graph, node, counts, bound)) continue;
    const std::string count = counts[node] >= kManyAlternatives ? "more than 10^12" : std::to_string(counts[node]);
    report(counts[node] > kHopeless ? Severity::kError : Severity::kWarning, graph.tree(node).id.pos,
           fmt::format("the dependencies of {} expand to {} alternative sets", quoted(graph.name(node)), count),
           graph.is_product(node) ? graph.name(node) : std::string_view());
  }
}

}  // namespace zf0310

const Rule kZf0310 = {
    .info = {"ZF0310", Severity::kWarning, Effect::kFails, "a product's dependencies expand to few alternative sets",
             "an or inside an and multiplies: keep the choices few, or put them into one or", "webpi-feed 3 [C]"},
    .feed = zf0310::check_feed};

}  // namespace zoo::catalog::rules
