// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "feedgen/catalog/product.h"

namespace zoo::catalog {

/// What the client knows that has loaded `others` before `feed`: the products, languages and shared definitions of all.
/// Of a product that several define the feed's own counts. References stay within the file that they stand in
/// (webpi-feed section 1), so the shared definitions of the others get names of their own. Views stay valid as long as
/// the result lives.
Catalog load_beside(Catalog feed, const std::vector<const Catalog*>& others);

}  // namespace zoo::catalog
