// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "feedgen/feed/html_page.h"

namespace zoo::feed {

/// True for what one Windows feature installs and needs nothing: it gets a small card instead of a full article.
bool is_compact(const catalog::Product& product);

/// A product's article.
void write_product(HtmlWriter& writer, const HtmlPage& page, std::size_t position);

}  // namespace zoo::feed
