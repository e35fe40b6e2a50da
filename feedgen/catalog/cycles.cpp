// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/cycles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace zoo::catalog {
namespace {

using Node = std::uint32_t;
constexpr Node kNone = 0xFFFFFFFFU;
constexpr std::size_t kMaxShownSteps = 20;

/// Products first, then shared trees; the edges of a node lie together.
class References {
 public:
  References(const Catalog& catalog, const ProductIndex& index) : catalog_(catalog), index_(index) {
    for (std::size_t i = 0; i < catalog.dependencies.size(); ++i)
      shared_.emplace(catalog.dependencies[i].id.text, static_cast<Node>(catalog.products.size() + i));
    starts_.push_back(0);
    for (const Product& product : catalog.products) add_node(product.dependency);
    for (const auto& shared : catalog.dependencies) add_node(shared.value);
  }
  std::size_t size() const { return starts_.size() - 1; }
  std::size_t begin(Node node) const { return starts_[node]; }
  std::size_t end(Node node) const { return starts_[node + 1]; }
  Node target(std::size_t edge) const { return targets_[edge]; }
  bool is_shared(Node node) const { return node >= catalog_.products.size(); }
  Cycle::Step step(Node node) const {
    if (!is_shared(node)) return {catalog_.products[node].id.text, false};
    return {catalog_.dependencies[node - catalog_.products.size()].id.text, true};
  }
  SourcePos pos(Node node) const {
    if (!is_shared(node)) return catalog_.products[node].pos;
    return catalog_.dependencies[node - catalog_.products.size()].id.pos;
  }

 private:
  void add_node(const Dependency& tree) {
    add_edges(tree);
    starts_.push_back(targets_.size());
  }
  void add_edges(const Dependency& tree) {
    if (tree.kind == Dependency::Kind::kProduct) {
      const std::ptrdiff_t at = index_.position(tree.id.text);
      if (at >= 0) targets_.push_back(static_cast<Node>(at));
    } else if (tree.kind == Dependency::Kind::kReference) {
      const auto found = shared_.find(tree.id.text);
      if (found != shared_.end()) targets_.push_back(found->second);
    }
    for (const Dependency& child : tree.children) add_edges(child);
  }

  const Catalog& catalog_;
  const ProductIndex& index_;
  std::unordered_map<std::string_view, Node> shared_;
  std::vector<std::size_t> starts_;
  std::vector<Node> targets_;
};

/// Tarjan's strongly connected components with an explicit stack.
class Components {
 public:
  explicit Components(const References& graph)
      : component(graph.size(), kNone), graph_(graph), number_(graph.size(), 0), low_(graph.size(), 0) {}

  std::vector<std::uint32_t> component;  ///< By node; kNone when it was not visited.
  std::uint32_t count = 0;

  void visit(Node root) {
    if (number_[root] != 0) return;
    enter(root);
    while (!calls_.empty()) {
      auto& [node, edge] = calls_.back();
      if (edge == graph_.end(node)) {
        leave();
        continue;
      }
      const Node next = graph_.target(edge++);
      if (number_[next] == 0) {
        enter(next);
      } else if (component[next] == kNone) {
        low_[node] = std::min(low_[node], number_[next]);
      }
    }
  }

 private:
  void enter(Node node) {
    number_[node] = low_[node] = ++counter_;
    open_.push_back(node);
    calls_.emplace_back(node, graph_.begin(node));
  }
  void leave() {
    const Node node = calls_.back().first;
    calls_.pop_back();
    if (!calls_.empty()) low_[calls_.back().first] = std::min(low_[calls_.back().first], low_[node]);
    if (low_[node] != number_[node]) return;
    for (Node member = kNone; member != node;) {
      member = open_.back();
      open_.pop_back();
      component[member] = count;
    }
    ++count;
  }

  const References& graph_;
  std::vector<std::uint32_t> number_, low_;
  std::vector<Node> open_;
  std::vector<std::pair<Node, std::size_t>> calls_;
  std::uint32_t counter_ = 0;
};

/// Breadth first from `start` within its component until an edge comes back.
std::vector<Node> shortest_cycle(const References& graph, const Components& components, Node start,
                                 std::vector<Node>& came_from) {
  std::vector<Node> queue = {start};
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const Node node = queue[head];
    for (std::size_t edge = graph.begin(node); edge != graph.end(node); ++edge) {
      const Node next = graph.target(edge);
      if (components.component[next] != components.component[start]) continue;
      if (next == start) {
        std::vector<Node> path = {start};
        for (Node back = node; back != start; back = came_from[back]) path.push_back(back);
        path.push_back(start);
        std::reverse(path.begin(), path.end());
        return path;
      }
      if (came_from[next] != kNone) continue;
      came_from[next] = node;
      queue.push_back(next);
    }
  }
  return {};
}

std::vector<std::size_t> member_counts(const References& graph, const Components& components) {
  std::vector<std::size_t> products(components.count, 0);
  std::vector<std::size_t> all(components.count, 0);
  for (Node node = 0; node < graph.size(); ++node) {
    if (components.component[node] == kNone) continue;
    ++all[components.component[node]];
    if (!graph.is_shared(node)) ++products[components.component[node]];
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    if (products[i] != 0) all[i] = products[i];
  return all;
}

/// Products come before shared trees in node order, so each cycle is told from its first product.
std::vector<Cycle> collect(const References& graph, const Components& components) {
  const std::vector<std::size_t> members = member_counts(graph, components);
  std::vector<char> done(components.count, 0);
  std::vector<Node> came_from(graph.size(), kNone);
  std::vector<Cycle> cycles;
  for (Node node = 0; node < graph.size(); ++node) {
    const std::uint32_t component = components.component[node];
    if (component == kNone || done[component] != 0) continue;
    done[component] = 1;
    const std::vector<Node> path = shortest_cycle(graph, components, node, came_from);
    if (path.empty()) continue;
    Cycle cycle{{}, graph.pos(node), members[component]};
    for (const Node step : path) cycle.path.push_back(graph.step(step));
    cycles.push_back(std::move(cycle));
  }
  return cycles;
}

}  // namespace

std::vector<Cycle> find_cycles(const Catalog& catalog, const ProductIndex& index) {
  const References graph(catalog, index);
  Components components(graph);
  for (Node node = 0; node < graph.size(); ++node) components.visit(node);
  return collect(graph, components);
}

std::vector<Cycle> find_cycles(const Catalog& catalog, const ProductIndex& index,
                               const std::vector<std::size_t>& roots) {
  const References graph(catalog, index);
  Components components(graph);
  for (const std::size_t root : roots) components.visit(static_cast<Node>(root));
  return collect(graph, components);
}

std::string to_text(const Cycle& cycle) {
  const bool has_products =
      std::any_of(cycle.path.begin(), cycle.path.end(), [](const Cycle::Step& step) { return !step.shared; });
  std::vector<std::string_view> ids;
  for (const Cycle::Step& step : cycle.path)
    if (!has_products || !step.shared) ids.push_back(step.id);
  std::string text;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids.size() > kMaxShownSteps && i == kMaxShownSteps - 1) {
      text += fmt::format(" -> ({} more)", ids.size() - kMaxShownSteps);
      i = ids.size() - 1;
    }
    text += fmt::format("{}{}", i == 0 ? "" : " -> ", ids[i]);
  }
  return text;
}

}  // namespace zoo::catalog
