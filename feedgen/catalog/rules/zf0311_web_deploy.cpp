// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0311 {

/// Products that bring Web Deploy, by the names of Microsoft's list; those outside the feed cannot be looked into.
bool brings_web_deploy(std::string_view id) {
  return contains_folded(id, "WDeploy") || contains_folded(id, "WebDeploy") || contains_folded(id, "WebMatrix");
}

/// Nodes from which Web Deploy is reached, or whose tree has a reference that does not resolve.
std::vector<bool> find_reaching(const Graph& graph) {
  std::vector<bool> out(graph.size(), false);
  for (const std::uint32_t node : graph.leaves_first()) {
    out[node] = std::any_of(graph.begin(node), graph.end(node), [&](const Graph::Edge& edge) {
      if (edge.to != Graph::kOutside && out[edge.to]) return true;
      if (edge.leaf->kind == Dependency::Kind::kReference) return edge.to == Graph::kOutside;
      return brings_web_deploy(edge.leaf->id.text);
    });
  }
  return out;
}

void check_feed(const RuleContext& context, const Report& report) {
  const auto& products = context.catalog.products;
  if (std::none_of(products.begin(), products.end(), [](const Product& p) { return p.is_application(); })) return;
  const std::vector<bool> reaching = find_reaching(context.lookup->graph());
  for (std::size_t i = 0; i < products.size(); ++i) {
    if (!products[i].is_application() || reaching[i]) continue;
    report(products[i].pos, fmt::format("application {} does not depend on Web Deploy", quoted(products[i].id.text)),
           products[i].id.text);
  }
}

}  // namespace zf0311

const Rule kZf0311 = {
    .info = {"ZF0311", Severity::kWarning, Effect::kFails, "an application depends on Web Deploy",
             "add a dependency on WDeploy or WDeployNoSMO: the client implies nothing", "webpi-feed 4"},
    .feed = zf0311::check_feed};

}  // namespace zoo::catalog::rules
