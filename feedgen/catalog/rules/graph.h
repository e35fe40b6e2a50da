// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "feedgen/catalog/product.h"

namespace zoo::catalog::rules {

/// The dependency trees of a catalog as a graph. Nodes are its products (0 .. products-1, by position) and behind them
/// its shared trees; an edge leads from a node to each node that its tree names. Built once for a check, in linear
/// time.
class Graph {
 public:
  static constexpr std::uint32_t kOutside = 0xFFFFFFFFU;  ///< A leaf that names nothing of this catalog.

  struct Edge {
    std::uint32_t to = kOutside;
    const Dependency* leaf = nullptr;  ///< kProduct or kReference.
  };

  Graph(const Catalog& catalog, const ProductIndex& index);

  std::size_t size() const { return first_edge_.size() - 1; }
  bool is_product(std::uint32_t node) const { return node < catalog_.products.size(); }
  const Product* product(std::uint32_t node) const { return is_product(node) ? &catalog_.products[node] : nullptr; }
  /// The tree of a node; its leaves in document order are the node's edges.
  const Dependency& tree(std::uint32_t node) const;
  /// How messages call a node.
  std::string_view name(std::uint32_t node) const;

  const Edge* begin(std::uint32_t node) const { return edges_.data() + first_edge_[node]; }
  const Edge* end(std::uint32_t node) const { return edges_.data() + first_edge_[node + 1]; }

  /// Strongly connected component of a node; a component's number is higher than those it leads to.
  std::uint32_t component(std::uint32_t node) const { return component_[node]; }
  /// Nodes so that what a node leads to comes before it, cycles apart.
  const std::vector<std::uint32_t>& leaves_first() const { return leaves_first_; }
  /// True when a node leads back to itself.
  bool is_cyclic(std::uint32_t node) const { return cyclic_[node]; }
  bool has_cycles() const { return has_cycles_; }

  const Shared<Dependency>* shared(std::string_view id) const;

 private:
  void add_edges(const Dependency& tree, const ProductIndex& index);
  void find_components();
  void close_component(std::uint32_t root, std::vector<std::uint32_t>& stack, std::vector<std::uint32_t>& low);

  const Catalog& catalog_;
  std::unordered_map<std::string_view, std::uint32_t> shared_;
  std::vector<std::size_t> first_edge_;
  std::vector<Edge> edges_;
  std::vector<std::uint32_t> component_;
  std::vector<std::uint32_t> leaves_first_;
  std::vector<bool> cyclic_;
  std::uint32_t components_ = 0;
  bool has_cycles_ = false;
};

/// Number of alternative sets that the client expands a node's tree to, the trees of the products it names included
/// (webpi-feed 3), by node. Saturates at kManyAlternatives; a cyclic node counts as one.
inline constexpr std::uint64_t kManyAlternatives = 1'000'000'000'000ULL;
std::vector<std::uint64_t> count_alternatives(const Graph& graph);

}  // namespace zoo::catalog::rules
