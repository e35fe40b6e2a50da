// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/catalog/product.h"

namespace zoo::catalog {

/// A way through the dependency trees that comes back to its start. The client loads such a feed and then recurses
/// without end when it makes a plan (webpi-feed section 3).
struct Cycle {
  struct Step {
    std::string_view id;
    bool shared = false;  ///< A shared tree (`dependency@id`) instead of a product.
  };
  std::vector<Step> path;   ///< First and last are the same; a shortest one through the first product of the cycle.
  SourcePos pos;            ///< Where the first step is defined.
  std::size_t members = 0;  ///< Products (and shared trees, when there is no product) that depend on each other.
};

/// One Cycle for each group of products that depend on each other, in document order. Idrefs are followed, ids that
/// do not resolve are passed over. Linear in the catalog's size; no recursion over products.
std::vector<Cycle> find_cycles(const Catalog& catalog, const ProductIndex& index);

/// The same for what can be reached from `roots` (positions in catalog.products).
std::vector<Cycle> find_cycles(const Catalog& catalog, const ProductIndex& index,
                               const std::vector<std::size_t>& roots);

/// "A -> B -> A"; shared trees are left out when the cycle has products. At most 20 steps are shown.
std::string to_text(const Cycle& cycle);

}  // namespace zoo::catalog
