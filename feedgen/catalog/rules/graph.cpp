// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/graph.h"

#include <algorithm>

namespace zoo::catalog::rules {
namespace {

constexpr std::uint32_t kUnvisited = 0xFFFFFFFFU;
constexpr std::uint32_t kDone = 0xFFFFFFFEU;

std::uint64_t saturated_product(std::uint64_t a, std::uint64_t b) {
  return a > kManyAlternatives / std::max<std::uint64_t>(b, 1) ? kManyAlternatives : a * b;
}

/// Evaluates a tree; `edge` moves along the node's edges, which are the tree's leaves in order.
std::uint64_t alternatives(const Dependency& tree, const Graph::Edge*& edge, const std::vector<std::uint64_t>& counts) {
  switch (tree.kind) {
    case Dependency::Kind::kProduct:
    case Dependency::Kind::kReference: {
      const std::uint32_t to = (edge++)->to;
      return to == Graph::kOutside ? 1 : counts[to];
    }
    case Dependency::Kind::kAnd: {
      std::uint64_t all = 1;
      for (const Dependency& child : tree.children) all = saturated_product(all, alternatives(child, edge, counts));
      return all;
    }
    case Dependency::Kind::kOr: {
      std::uint64_t any = 0;
      for (const Dependency& child : tree.children) {
        any = std::min(kManyAlternatives, any + alternatives(child, edge, counts));
      }
      return std::max<std::uint64_t>(any, 1);
    }
    case Dependency::Kind::kNone:
      break;
  }
  return 1;
}

}  // namespace

Graph::Graph(const Catalog& catalog, const ProductIndex& index) : catalog_(catalog) {
  const auto products = static_cast<std::uint32_t>(catalog.products.size());
  for (std::uint32_t i = 0; i < catalog.dependencies.size(); ++i) {
    shared_.emplace(catalog.dependencies[i].id.text, products + i);
  }
  first_edge_.reserve(products + catalog.dependencies.size() + 1);
  for (const Product& product : catalog.products) {
    first_edge_.push_back(edges_.size());
    add_edges(product.dependency, index);
  }
  for (const Shared<Dependency>& shared : catalog.dependencies) {
    first_edge_.push_back(edges_.size());
    add_edges(shared.value, index);
  }
  first_edge_.push_back(edges_.size());
  find_components();
}

const Dependency& Graph::tree(std::uint32_t node) const {
  return is_product(node) ? catalog_.products[node].dependency
                          : catalog_.dependencies[node - catalog_.products.size()].value;
}

std::string_view Graph::name(std::uint32_t node) const {
  return is_product(node) ? catalog_.products[node].id.text
                          : catalog_.dependencies[node - catalog_.products.size()].id.text;
}

const Shared<Dependency>* Graph::shared(std::string_view id) const {
  const auto found = shared_.find(id);
  return found == shared_.end() ? nullptr : &catalog_.dependencies[found->second - catalog_.products.size()];
}

void Graph::add_edges(const Dependency& tree, const ProductIndex& index) {
  if (tree.kind == Dependency::Kind::kProduct) {
    const std::ptrdiff_t at = index.position(tree.id.text);
    edges_.push_back({at < 0 ? kOutside : static_cast<std::uint32_t>(at), &tree});
  } else if (tree.kind == Dependency::Kind::kReference) {
    const auto found = shared_.find(tree.id.text);
    edges_.push_back({found == shared_.end() ? kOutside : found->second, &tree});
  }
  for (const Dependency& child : tree.children) add_edges(child, index);
}

void Graph::close_component(std::uint32_t root, std::vector<std::uint32_t>& stack, std::vector<std::uint32_t>& low) {
  const bool several = stack.back() != root;
  std::uint32_t node = kUnvisited;
  do {
    node = stack.back();
    stack.pop_back();
    component_[node] = components_;
    low[node] = kDone;
    leaves_first_.push_back(node);
    cyclic_[node] = several;
  } while (node != root);
  has_cycles_ = has_cycles_ || several;
  ++components_;
}

/// Tarjan's algorithm with its own stack: a chain of 100,000 products must not be 100,000 calls deep.
void Graph::find_components() {
  const auto nodes = static_cast<std::uint32_t>(size());
  component_.assign(nodes, 0);
  cyclic_.assign(nodes, false);
  leaves_first_.reserve(nodes);
  std::vector<std::uint32_t> order(nodes, kUnvisited);
  std::vector<std::uint32_t> low(nodes, 0);
  std::vector<std::uint32_t> stack;
  struct Visit {
    std::uint32_t node;
    const Edge* next;
  };
  std::vector<Visit> visits;
  std::uint32_t counter = 0;
  const auto enter = [&](std::uint32_t node) {
    order[node] = low[node] = counter++;
    stack.push_back(node);
    visits.push_back({node, begin(node)});
  };
  for (std::uint32_t start = 0; start < nodes; ++start) {
    if (order[start] != kUnvisited) continue;
    enter(start);
    while (!visits.empty()) {
      const std::uint32_t node = visits.back().node;
      if (visits.back().next != end(node)) {
        const std::uint32_t to = (visits.back().next++)->to;
        if (to == kOutside) continue;
        if (order[to] == kUnvisited) {
          enter(to);
        } else if (low[to] != kDone) {
          low[node] = std::min(low[node], order[to]);
        }
        continue;
      }
      visits.pop_back();
      const std::uint32_t lowest = low[node];
      if (lowest == order[node]) close_component(node, stack, low);
      if (!visits.empty() && low[node] != kDone) low[visits.back().node] = std::min(low[visits.back().node], lowest);
    }
  }
  for (std::uint32_t node = 0; node < nodes; ++node) {
    const bool to_itself = std::any_of(begin(node), end(node), [&](const Edge& edge) { return edge.to == node; });
    if (to_itself) cyclic_[node] = has_cycles_ = true;
  }
}

std::vector<std::uint64_t> count_alternatives(const Graph& graph) {
  std::vector<std::uint64_t> counts(graph.size(), 1);
  for (const std::uint32_t node : graph.leaves_first()) {
    if (graph.is_cyclic(node)) continue;
    const Graph::Edge* edge = graph.begin(node);
    counts[node] = alternatives(graph.tree(node), edge, counts);
  }
  return counts;
}

}  // namespace zoo::catalog::rules
