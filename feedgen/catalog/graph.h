// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/result.h"
#include "feedgen/catalog/product.h"

namespace zoo::catalog {

/// A product, or a group: equal groups are one node, so that what many products need alike is drawn once.
struct GraphNode {
  enum class Kind : std::uint8_t { kProduct, kUnknown, kOneOf, kAllOf };
  Kind kind = Kind::kProduct;
  std::string_view id;               ///< Product id, or what an unresolved reference names; empty for groups.
  const Product* product = nullptr;  ///< kProduct
  bool root = false;                 ///< It was asked for.
  std::uint32_t layer = 0;           ///< What a node needs lies in later layers, cycles apart.
};

struct GraphEdge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint32_t rank = 0;  ///< From a kOneOf node: 1 for the preferred branch and so on; 0: it is needed.
  bool back = false;       ///< Closes a cycle.
  bool alternative() const { return rank != 0; }
};

/// Nodes in the order of discovery, edges by their start and in document order.
struct Graph {
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
};

struct GraphOptions {
  std::vector<std::string> roots;  ///< Their closure; none: all products.
  /// Leaves out what is needed anyway by something that is needed, in graphs of up to kMaxReduced nodes.
  bool reduce = false;
  static constexpr std::size_t kMaxReduced = 2000;
};

/// Linear in the trees; references are followed, cycles are kept and marked. kUsage for a root that is no product.
/// Pointers and views lead into the catalog.
Result<Graph> make_graph(const Catalog& catalog, const GraphOptions& options = {});

}  // namespace zoo::catalog
