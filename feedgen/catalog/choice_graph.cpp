// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/choice_graph.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace zoo::catalog {
namespace {

using NodeId = ChoiceGraph::NodeId;
using Kind = ChoiceGraph::Kind;
constexpr NodeId kNone = ChoiceGraph::kNone;

/// Makes nodes for products and shared trees on demand. Recursion is within one tree only, which XmlDocument bounds.
class Builder {
 public:
  explicit Builder(const ChoiceInput& input) : input_(input), product_nodes_(input.catalog.products.size(), kNone) {
    for (const std::string& id : input.machine.installed) installed_.insert(folded(id));
    for (const auto& shared : input.catalog.dependencies) shared_trees_.emplace(shared.id.text, &shared.value);
  }

  ChoiceProblem build(const std::vector<std::size_t>& requested) {
    graph().root = new_node(Kind::kAnd);
    std::vector<ChoiceGraph::Edge> children;
    children.reserve(requested.size());
    for (const std::size_t position : requested)
      children.push_back({product_node(position), static_cast<std::uint32_t>(children.size())});
    set_children(graph().root, children);
    std::size_t head = 0;
    while (head < queue_.size()) expand(queue_[head++]);
    return std::move(problem_);
  }

 private:
  struct Pending {
    NodeId node;
    const Dependency* tree;
    const Product* product;
  };

  ChoiceGraph& graph() { return problem_.graph; }

  NodeId new_node(Kind kind, const Dependency* tree = nullptr) {
    graph().nodes.emplace_back();
    graph().nodes.back().kind = kind;
    graph().nodes.back().tree = tree;
    return static_cast<NodeId>(graph().nodes.size() - 1);
  }

  void set_children(NodeId node, const std::vector<ChoiceGraph::Edge>& children) {
    graph().nodes[node].first = static_cast<std::uint32_t>(graph().edges.size());
    graph().nodes[node].count = static_cast<std::uint32_t>(children.size());
    graph().edges.insert(graph().edges.end(), children.begin(), children.end());
  }

  bool installed(std::string_view id) const { return !installed_.empty() && installed_.count(folded(id)) != 0; }

  NodeId product_node(std::size_t position) {
    if (product_nodes_[position] != kNone) return product_nodes_[position];
    const Product& product = input_.catalog.products[position];
    const NodeId node = new_node(Kind::kProduct);
    product_nodes_[position] = node;
    graph().nodes[node].product = static_cast<std::uint32_t>(position);
    // What is there is there, whether or not this machine could install it now.
    if (installed(product.id.text)) return node;
    const Installer* const installer = input_.applicability.pick(product);
    graph().nodes[node].installer = installer;
    graph().nodes[node].gone = installer == nullptr;
    graph().nodes[node].weight = installer == nullptr ? 0 : 1;
    if (installer != nullptr && product.dependency.present()) queue_.push_back({node, &product.dependency, &product});
    return node;
  }

  void expand(Pending pending) {  // by value: the queue grows meanwhile
    const NodeId child = tree_node(*pending.tree, pending.product);
    if (child != kNone) set_children(pending.node, {{child, 0}});
  }

  NodeId tree_node(const Dependency& tree, const Product* product) {
    switch (tree.kind) {
      case Dependency::Kind::kProduct:
        return named_product(tree, product);
      case Dependency::Kind::kReference:
        return shared_node(tree, product);
      case Dependency::Kind::kAnd:
      case Dependency::Kind::kOr:
        return group_node(tree, product);
      case Dependency::Kind::kNone:
        break;
    }
    return kNone;
  }

  NodeId group_node(const Dependency& tree, const Product* product) {
    std::vector<ChoiceGraph::Edge> children;
    children.reserve(tree.children.size());
    for (std::size_t i = 0; i < tree.children.size(); ++i) {
      const NodeId child = tree_node(tree.children[i], product);
      if (child != kNone) children.push_back({child, static_cast<std::uint32_t>(i)});
    }
    const Kind kind = tree.kind == Dependency::Kind::kOr ? Kind::kOr : Kind::kAnd;
    const auto [begin, end] = groups_.equal_range(hash_of(kind, children));
    for (auto known = begin; known != end; ++known)
      if (is_group(known->second, kind, children)) return known->second;
    const NodeId node = new_node(kind, &tree);
    set_children(node, children);
    groups_.emplace(hash_of(kind, children), node);
    return node;
  }

  static std::size_t hash_of(Kind kind, const std::vector<ChoiceGraph::Edge>& children) {
    std::size_t hash = static_cast<std::size_t>(kind) + 1;
    for (const ChoiceGraph::Edge& edge : children) hash = (hash ^ edge.target ^ edge.branch) * 0x9E3779B97F4A7C15ULL;
    return hash;
  }

  /// The same members in the same order are the same decision, however often they are written down.
  bool is_group(NodeId id, Kind kind, const std::vector<ChoiceGraph::Edge>& children) {
    const ChoiceGraph::Node& node = graph().nodes[id];
    const auto same = [](const ChoiceGraph::Edge& a, const ChoiceGraph::Edge& b) {
      return a.target == b.target && a.branch == b.branch;
    };
    const auto first = graph().edges.begin() + static_cast<std::ptrdiff_t>(node.first);
    return node.kind == kind && node.count == children.size() &&
           std::equal(children.begin(), children.end(), first, same);
  }

  NodeId named_product(const Dependency& tree, const Product* product) {
    const std::ptrdiff_t position = input_.index.position(tree.id.text);
    if (position >= 0) return product_node(static_cast<std::size_t>(position));
    if (installed(tree.id.text)) return new_node(Kind::kProduct, &tree);
    return unknown(tree, product);
  }

  NodeId shared_node(const Dependency& tree, const Product* product) {
    const auto found = shared_trees_.find(tree.id.text);
    if (found == shared_trees_.end()) return unknown(tree, product);
    const auto [place, added] = shared_nodes_.emplace(tree.id.text, kNone);
    if (added) {
      place->second = new_node(Kind::kAnd, found->second);
      queue_.push_back({place->second, found->second, nullptr});
    }
    return place->second;
  }

  NodeId unknown(const Dependency& tree, const Product* product) {
    if (!unknown_ids_.insert(tree.id.text).second) return kNone;
    if (problem_.unknown.size() < ChoiceProblem::kMaxUnknown) problem_.unknown.push_back({&tree, product});
    ++problem_.unknown_count;
    return kNone;
  }

  const ChoiceInput& input_;
  ChoiceProblem problem_;
  std::vector<NodeId> product_nodes_;
  std::unordered_map<std::string_view, const Dependency*> shared_trees_;
  std::unordered_map<std::string_view, NodeId> shared_nodes_;
  std::unordered_set<std::string_view> unknown_ids_;
  std::unordered_multimap<std::size_t, NodeId> groups_;  ///< By hash_of their members.
  std::unordered_set<std::string> installed_;
  std::vector<Pending> queue_;
};

/// Depth first from the root; children before parents.
std::vector<NodeId> postorder(const ChoiceGraph& graph) {
  std::vector<NodeId> order;
  std::vector<char> seen(graph.nodes.size(), 0);
  std::vector<std::pair<NodeId, std::uint32_t>> stack = {{graph.root, 0}};
  seen[graph.root] = 1;
  while (!stack.empty()) {
    auto& [node, next] = stack.back();
    if (next == graph.nodes[node].count) {
      order.push_back(node);
      stack.pop_back();
      continue;
    }
    const NodeId child = graph.edges[graph.nodes[node].first + next++].target;
    if (seen[child] != 0) continue;
    seen[child] = 1;
    stack.emplace_back(child, 0);
  }
  return order;
}

/// Keeps the edges of a node that `keep` wants.
template <typename Keep>
void filter_edges(ChoiceGraph& graph, NodeId id, const Keep& keep) {
  ChoiceGraph::Node& node = graph.nodes[id];
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    const ChoiceGraph::Edge edge = graph.edges[node.first + i];
    if (keep(edge.target)) graph.edges[node.first + kept++] = edge;
  }
  node.count = kept;
}

/// A group without members vanishes, and so on upwards; products stay.
void remove_gone(ChoiceGraph& graph, const std::vector<NodeId>& order) {
  for (const NodeId id : order) {
    filter_edges(graph, id, [&](NodeId child) { return !graph.nodes[child].gone; });
    ChoiceGraph::Node& node = graph.nodes[id];
    if (node.count == 0 && node.kind != Kind::kProduct && id != graph.root) node.gone = true;
  }
}

void remove_repeated(ChoiceGraph& graph, const std::vector<NodeId>& order) {
  std::vector<NodeId> last_parent(graph.nodes.size(), kNone);
  for (const NodeId id : order)
    if (graph.nodes[id].kind == Kind::kAnd)
      filter_edges(graph, id, [&](NodeId child) { return std::exchange(last_parent[child], id) != id; });
}

std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  if (a == 0 || b == 0) return 0;
  return a > ChoiceGraph::kMany / b ? ChoiceGraph::kMany : a * b;
}

/// The client expands `or` within `and` to every combination, through the trees of the products named.
std::uint64_t count_alternatives(const ChoiceGraph& graph, const std::vector<NodeId>& order) {
  std::vector<std::uint64_t> counts(graph.nodes.size(), 1);
  for (const NodeId id : order) {
    const ChoiceGraph::Node& node = graph.nodes[id];
    std::uint64_t count = node.kind == Kind::kOr ? 0 : 1;
    for (std::uint32_t i = 0; i < node.count; ++i) {
      const std::uint64_t below = counts[graph.edges[node.first + i].target];
      count = node.kind == Kind::kOr ? std::min(ChoiceGraph::kMany, count + below) : times(count, below);
    }
    counts[id] = count;
  }
  return counts[graph.root];
}

}  // namespace

ChoiceProblem build_choices(const ChoiceInput& input, const std::vector<std::size_t>& requested) {
  ChoiceProblem problem = Builder(input).build(requested);
  ChoiceGraph& graph = problem.graph;
  graph.order = postorder(graph);
  remove_gone(graph, graph.order);
  graph.alternatives = count_alternatives(graph, graph.order);
  remove_repeated(graph, graph.order);
  graph.order = postorder(graph);
  std::reverse(graph.order.begin(), graph.order.end());
  return problem;
}

}  // namespace zoo::catalog
