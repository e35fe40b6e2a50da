// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0309 {

constexpr std::size_t kShownNodes = 12;

struct Step {
  std::uint32_t from = Graph::kOutside;
  const Dependency* leaf = nullptr;
};

/// The shortest way from `start` back to itself within its component, as the nodes passed; steps hold the way to each.
std::vector<std::uint32_t> shortest_cycle(const Graph& graph, std::uint32_t start, const Dependency*& first_leaf) {
  std::unordered_map<std::uint32_t, Step> steps;
  std::deque<std::uint32_t> left = {start};
  while (!left.empty()) {
    const std::uint32_t node = left.front();
    left.pop_front();
    for (const auto* edge = graph.begin(node); edge != graph.end(node); ++edge) {
      if (edge->to == Graph::kOutside || graph.component(edge->to) != graph.component(start)) continue;
      if (!steps.emplace(edge->to, Step{node, edge->leaf}).second) continue;
      if (edge->to != start) {
        left.push_back(edge->to);
        continue;
      }
      std::vector<std::uint32_t> path = {start};
      for (std::uint32_t at = node; at != start; at = steps[at].from) path.push_back(at);
      first_leaf = steps[path.back() == start ? start : path.back()].leaf;
      path.push_back(start);
      std::reverse(path.begin(), path.end());
      return path;
    }
  }
  return {start};
}

std::string shown(const Graph& graph, const std::vector<std::uint32_t>& path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path.size() > kShownNodes && i == kShownNodes - 2) {
      out += fmt::format(" -> ({} more)", path.size() - kShownNodes + 1);
      i = path.size() - 2;
      continue;
    }
    out += i == 0 ? "" : " -> ";
    out +=
        graph.is_product(path[i]) ? std::string(graph.name(path[i])) : fmt::format("[idref {}]", graph.name(path[i]));
  }
  return out;
}

void check_feed(const RuleContext& context, const Report& report) {
  const Graph& graph = context.lookup->graph();
  if (!graph.has_cycles()) return;
  std::unordered_set<std::uint32_t> reported;
  for (std::uint32_t node = 0; node < graph.size(); ++node) {
    if (!graph.is_cyclic(node) || !reported.insert(graph.component(node)).second) continue;
    const Dependency* leaf = nullptr;
    const std::vector<std::uint32_t> path = shortest_cycle(graph, node, leaf);
    report(leaf == nullptr ? graph.tree(node).id.pos : leaf->id.pos, "dependencies form a cycle: " + shown(graph, path),
           graph.is_product(node) ? graph.name(node) : std::string_view());
  }
}

}  // namespace zf0309

const Rule kZf0309 = {
    .info =
        {"ZF0309", Severity::kError, Effect::kFails, "products do not depend on themselves",
         "drop one of the dependencies: the client builds the plan without end and fails, \"may be due to a cycle\"",
         "webpi-feed 3 [C]"},
    .feed = zf0309::check_feed};

}  // namespace zoo::catalog::rules
