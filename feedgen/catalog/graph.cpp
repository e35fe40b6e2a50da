// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "feedgen/catalog/suggest.h"

namespace zoo::catalog {
namespace {

using Node = std::uint32_t;
using Kind = GraphNode::Kind;
constexpr Node kNone = 0xFFFFFFFFU;
constexpr unsigned kMaxDepth = 400;  ///< Groups and references within one tree; deeper ones become unknown nodes.

class Builder {
 public:
  explicit Builder(const Catalog& catalog)
      : catalog_(catalog), index_(catalog), product_nodes_(catalog.products.size(), kNone) {
    for (const auto& shared : catalog.dependencies) shared_.emplace(shared.id.text, &shared.value);
  }

  const ProductIndex& index() const { return index_; }

  void add_root(std::size_t position) {
    const Node node = product_node(position);
    graph_.nodes[node].root = true;
  }
  void add(std::size_t position) { product_node(position); }

  Graph build() {
    std::size_t head = 0;
    while (head < queue_.size()) expand(queue_[head++]);
    const auto order = [](const GraphEdge& a, const GraphEdge& b) { return a.from < b.from; };
    std::stable_sort(graph_.edges.begin(), graph_.edges.end(), order);
    return std::move(graph_);
  }

 private:
  using Members = std::vector<Node>;

  void expand(Node node) {
    const Product* const product = graph_.nodes[node].product;
    if (!product->dependency.present()) return;
    Members members;
    collect(product->dependency, Dependency::Kind::kAnd, members, 0);
    connect(node, std::move(members));
  }

  Node new_node(Kind kind, std::string_view id, const Product* product) {
    graph_.nodes.push_back({kind, id, product, false, 0});
    return static_cast<Node>(graph_.nodes.size() - 1);
  }

  Node product_node(std::size_t position) {
    Node& node = product_nodes_[position];
    if (node != kNone) return node;
    const Product& product = catalog_.products[position];
    node = new_node(Kind::kProduct, product.id.text, &product);
    queue_.push_back(node);
    return node;
  }

  Node unknown_node(std::string_view id) {
    const auto [found, added] = unknown_.emplace(folded(id), kNone);
    if (added) found->second = new_node(Kind::kUnknown, id, nullptr);
    return found->second;
  }

  /// What a reference leads to, and whether it was one that leads somewhere.
  const Dependency& resolved(const Dependency& tree, unsigned& depth) const {
    const Dependency* at = &tree;
    for (; at->kind == Dependency::Kind::kReference && depth <= kMaxDepth; ++depth) {
      const auto found = shared_.find(at->id.text);
      if (found == shared_.end()) break;
      at = found->second;
    }
    return *at;
  }

  /// Appends the members of a group of `kind`; groups of the same kind within it give theirs.
  void collect(const Dependency& written, Dependency::Kind kind, Members& members, unsigned depth) {
    const Dependency& tree = resolved(written, depth);
    if (depth <= kMaxDepth && (tree.kind == kind || tree.children.size() == 1) && &tree == &written) {
      for (const Dependency& child : tree.children) collect(child, kind, members, depth + 1);
      return;
    }
    const Node node = node_of(tree, depth);
    if (node != kNone) members.push_back(node);
  }

  Node node_of(const Dependency& tree, unsigned depth) {
    if (tree.kind == Dependency::Kind::kNone) return kNone;
    if (tree.kind == Dependency::Kind::kProduct) {
      const std::ptrdiff_t position = index_.position(tree.id.text);
      return position < 0 ? unknown_node(tree.id.text) : product_node(static_cast<std::size_t>(position));
    }
    if (tree.kind == Dependency::Kind::kReference) return unknown_node(tree.id.text);
    if (depth > kMaxDepth) return unknown_node("...");
    // A tree within itself meets the kNone of its open entry.
    const auto [known, added] = groups_of_trees_.emplace(&tree, kNone);
    if (!added) return known->second;
    Members members;
    for (const Dependency& child : tree.children) collect(child, tree.kind, members, depth + 1);
    const Node node = group_node(tree.kind == Dependency::Kind::kOr ? Kind::kOneOf : Kind::kAllOf, std::move(members));
    groups_of_trees_[&tree] = node;
    return node;
  }

  Node group_node(Kind kind, Members members) {
    drop_repeated(members);
    if (members.empty()) return kNone;
    if (members.size() == 1) return members.front();
    const auto [found, added] = groups_.emplace(std::pair(kind, std::move(members)), kNone);
    if (!added) return found->second;
    found->second = new_node(kind, {}, nullptr);
    connect(found->second, found->first.second);
    return found->second;
  }

  void drop_repeated(Members& members) {
    seen_in_.resize(graph_.nodes.size(), 0);
    ++pass_;
    const auto repeated = [this](Node node) { return std::exchange(seen_in_[node], pass_) == pass_; };
    members.erase(std::remove_if(members.begin(), members.end(), repeated), members.end());
  }

  void connect(Node from, Members members) {
    drop_repeated(members);
    const bool alternatives = graph_.nodes[from].kind == Kind::kOneOf;
    std::uint32_t rank = 0;
    for (const Node to : members) graph_.edges.push_back({from, to, alternatives ? ++rank : 0, false});
  }

  const Catalog& catalog_;
  ProductIndex index_;
  Graph graph_;
  std::vector<Node> product_nodes_;
  std::unordered_map<std::string_view, const Dependency*> shared_;
  std::unordered_map<std::string, Node> unknown_;
  std::unordered_map<const Dependency*, Node> groups_of_trees_;
  std::map<std::pair<Kind, Members>, Node> groups_;
  std::vector<Node> queue_;  ///< Products whose trees are to be read.
  std::vector<std::uint64_t> seen_in_;
  std::uint64_t pass_ = 0;
};

/// Edge ranges by start node; the edges are sorted by it.
std::vector<std::size_t> edge_starts(const Graph& graph) {
  std::vector<std::size_t> starts(graph.nodes.size() + 1, 0);
  for (const GraphEdge& edge : graph.edges) ++starts[edge.from + 1];
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  return starts;
}

/// Depth first: marks the edges that come back to an open node, and gives all nodes children first.
std::vector<Node> mark_back_edges(Graph& graph, const std::vector<std::size_t>& starts) {
  enum : char { kNew, kOpen, kDone };
  std::vector<char> state(graph.nodes.size(), kNew);
  std::vector<Node> order;
  std::vector<std::pair<Node, std::size_t>> stack;
  for (Node root = 0; root < graph.nodes.size(); ++root) {
    if (state[root] != kNew) continue;
    state[root] = kOpen;
    stack.emplace_back(root, starts[root]);
    while (!stack.empty()) {
      auto& [node, next] = stack.back();
      if (next == starts[node + 1]) {
        state[node] = kDone;
        order.push_back(node);
        stack.pop_back();
        continue;
      }
      GraphEdge& edge = graph.edges[next++];
      edge.back = state[edge.to] == kOpen;
      if (state[edge.to] != kNew) continue;
      state[edge.to] = kOpen;
      stack.emplace_back(edge.to, starts[edge.to]);
    }
  }
  return order;
}

/// Longest path from the nodes that nobody needs. Then nodes with more edges out than in move right, close to what they
/// need, unless they were asked for: that makes the edges shorter.
void assign_layers(Graph& graph, const std::vector<std::size_t>& starts, const std::vector<Node>& children_first) {
  std::vector<std::size_t> needed_by(graph.nodes.size(), 0);
  for (std::size_t i = children_first.size(); i-- > 0;) {
    const Node node = children_first[i];
    for (std::size_t e = starts[node]; e < starts[node + 1]; ++e) {
      const GraphEdge& edge = graph.edges[e];
      if (edge.back) continue;
      ++needed_by[edge.to];
      graph.nodes[edge.to].layer = std::max(graph.nodes[edge.to].layer, graph.nodes[node].layer + 1);
    }
  }
  for (const Node node : children_first) {
    std::uint32_t nearest = 0;
    std::size_t needs = 0;
    for (std::size_t e = starts[node]; e < starts[node + 1]; ++e) {
      if (graph.edges[e].back) continue;
      const std::uint32_t layer = graph.nodes[graph.edges[e].to].layer;
      nearest = needs++ == 0 ? layer : std::min(nearest, layer);
    }
    if (!graph.nodes[node].root && needs > needed_by[node]) graph.nodes[node].layer = nearest - 1;
  }
}

/// Transitive reduction over what is needed in any case: an edge goes when its end lies below another one's.
void reduce(Graph& graph, const std::vector<std::size_t>& starts, const std::vector<Node>& children_first) {
  constexpr std::size_t kBits = 64;
  const std::size_t words = (graph.nodes.size() + kBits - 1) / kBits;
  std::vector<std::vector<std::uint64_t>> below(graph.nodes.size());
  std::vector<char> dropped(graph.edges.size(), 0);
  const auto firm = [](const GraphEdge& edge) { return !edge.alternative() && !edge.back; };
  const auto bit = [](Node node) { return std::uint64_t{1} << (node % kBits); };
  for (const Node node : children_first) {
    std::vector<std::uint64_t>& mine = below[node];
    mine.assign(words, 0);
    for (std::size_t e = starts[node]; e < starts[node + 1]; ++e) {
      if (!firm(graph.edges[e])) continue;
      const std::vector<std::uint64_t>& child = below[graph.edges[e].to];
      for (std::size_t i = 0; i < words; ++i) mine[i] |= child[i];
    }
    for (std::size_t e = starts[node]; e < starts[node + 1]; ++e) {
      const GraphEdge& edge = graph.edges[e];
      if (firm(edge) && (mine[edge.to / kBits] & bit(edge.to)) != 0) dropped[e] = 1;
    }
    for (std::size_t e = starts[node]; e < starts[node + 1]; ++e)
      if (firm(graph.edges[e])) mine[graph.edges[e].to / kBits] |= bit(graph.edges[e].to);
  }
  std::size_t kept = 0;
  for (std::size_t e = 0; e < graph.edges.size(); ++e)
    if (dropped[e] == 0) graph.edges[kept++] = graph.edges[e];
  graph.edges.resize(kept);
}

}  // namespace

Result<Graph> make_graph(const Catalog& catalog, const GraphOptions& options) {
  Builder builder(catalog);
  for (const std::string& root : options.roots) {
    const std::ptrdiff_t position = builder.index().position(trimmed(root));
    if (position < 0)
      return fail(ExitCode::kUsage,
                  fmt::format("the feed has no product '{}'{}", root, did_you_mean(nearest_ids(catalog, root))));
    builder.add_root(static_cast<std::size_t>(position));
  }
  if (options.roots.empty())
    for (std::size_t i = 0; i < catalog.products.size(); ++i) builder.add(i);
  Graph graph = builder.build();
  const std::vector<std::size_t> starts = edge_starts(graph);
  const std::vector<Node> children_first = mark_back_edges(graph, starts);
  if (options.reduce && graph.nodes.size() <= GraphOptions::kMaxReduced) reduce(graph, starts, children_first);
  assign_layers(graph, edge_starts(graph), children_first);
  return graph;
}

}  // namespace zoo::catalog
