// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "feedgen/feed/html_page.h"

namespace zoo::feed {

/// A product's article.
void write_product(HtmlWriter& writer, const HtmlPage& page, std::size_t position);

}  // namespace zoo::feed
