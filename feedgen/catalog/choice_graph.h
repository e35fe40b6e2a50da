// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "feedgen/catalog/applicability.h"
#include "feedgen/catalog/product.h"

namespace zoo::catalog {

/// What the requested products may need on one machine, as an acyclic and/or graph: every product and every shared tree
/// is one node, however often it is named. Products that do not apply have gone, as the client prunes them.
struct ChoiceGraph {
  using NodeId = std::uint32_t;
  static constexpr NodeId kNone = 0xFFFFFFFFU;
  enum class Kind : std::uint8_t { kAnd, kOr, kProduct };

  struct Node {
    Kind kind = Kind::kAnd;
    bool gone = false;              ///< Not for this machine: no installer applies, or nothing is left below.
    std::uint32_t weight = 0;       ///< kProduct: 1 when it has to be installed, 0 when it is there.
    std::uint32_t first = 0;        ///< Children: edges [first, first + count), document order.
    std::uint32_t count = 0;        ///< An `and` names no child twice.
    std::uint32_t product = kNone;  ///< kProduct: position in catalog.products, or kNone: an installed id of no entry.
    const Dependency* tree = nullptr;  ///< Groups and installed ids of no entry: where it is from; null for the root.
    const Installer* installer = nullptr;  ///< kProduct with weight 1
  };
  struct Edge {
    NodeId target = kNone;
    std::uint32_t branch = 0;  ///< Position among the tree's children.
  };

  std::vector<Node> nodes;
  std::vector<Edge> edges;
  std::vector<NodeId> order;  ///< Parents before children; the root is first.
  NodeId root = 0;
  std::uint64_t alternatives = 0;  ///< How many sets the client expands; kMany when they are more.
  static constexpr std::uint64_t kMany = 1000000000000000000ULL;
};

/// Ids that the trees name and nobody defines.
struct UnknownReference {
  const Dependency* place = nullptr;
  const Product* product = nullptr;  ///< The product whose tree names it; null in a shared tree.
};

struct ChoiceProblem {
  ChoiceGraph graph;
  std::vector<UnknownReference> unknown;  ///< Each id once, in the order of discovery; at most kMaxUnknown are kept.
  std::size_t unknown_count = 0;          ///< Different ids.
  static constexpr std::size_t kMaxUnknown = 20;
};

/// What build() works on.
struct ChoiceInput {
  const Catalog& catalog;
  const ProductIndex& index;
  const Machine& machine;
  const Applicability& applicability;
};

/// `requested` are positions in catalog.products. There must be no cycle below them (find_cycles).
ChoiceProblem build_choices(const ChoiceInput& input, const std::vector<std::size_t>& requested);

}  // namespace zoo::catalog
