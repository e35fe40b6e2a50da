// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "feedgen/catalog/choice_graph.h"

namespace zoo::catalog {

/// Which branch of each `or` the client takes.
struct ChoiceSolution {
  static constexpr std::uint32_t kNotReached = 0xFFFFFFFFU;
  std::vector<std::uint32_t> choice;  ///< By node: position among the node's edges; kNotReached for all other nodes.
  std::uint64_t missing = 0;          ///< Products to install.
};

/// Ties some `or` nodes to one branch: the answer to "what if".
struct FixedChoice {
  ChoiceGraph::NodeId node = ChoiceGraph::kNone;
  std::uint32_t edge = 0;  ///< Position among the node's edges.
};

/// The first, in document order, of the alternative sets with the fewest products to install; exact. Nothing when that
/// takes more than `work_limit` steps (a step is one node looked at in the search; what is linear in the graph is
/// free).
///
/// Taking the same branch of a node wherever it is reached loses nothing: of two different ones the earlier can
/// replace the later, which adds no product. What is reachable only through one node is solved once for itself
/// (dominators), so that only choices which share products are searched, by branch and bound in document order.
std::optional<ChoiceSolution> solve_choices(const ChoiceGraph& graph, const std::vector<FixedChoice>& fixed,
                                            std::uint64_t work_limit);

}  // namespace zoo::catalog
