// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/catalog/product.h"

namespace zoo::catalog {

/// Product ids that look like `id`, the nearest first: few typing errors away, or one within the other. ASCII case does
/// not count. Linear in the number of products.
std::vector<std::string_view> nearest_ids(const Catalog& catalog, std::string_view id, std::size_t limit = 3);

/// "; did you mean A, B or C?", or nothing.
std::string did_you_mean(const std::vector<std::string_view>& ids);

}  // namespace zoo::catalog
