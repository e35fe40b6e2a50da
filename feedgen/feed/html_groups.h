// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "feedgen/catalog/product.h"

namespace zoo::feed {

/// A chapter of the catalogue page.
struct HtmlGroup {
  std::string_view anchor;           ///< id of its section
  std::string_view title;            ///< heading
  std::string_view label;            ///< the same, short, for the contents
  std::string_view introduction;     ///< one or two sentences
  std::vector<std::size_t> members;  ///< positions in catalog.products; Windows features last, else in document order
};

/// True for what one Windows feature installs: it gets a small card instead of a full article.
bool is_windows_feature(const catalog::Product& product);

/// Every product in exactly one group; groups without products are left out. Applications come first.
std::vector<HtmlGroup> html_groups(const catalog::Catalog& catalog);

}  // namespace zoo::feed
