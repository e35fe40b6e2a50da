// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "feedgen/catalog/graph.h"

/// What the graph writers call nodes.
namespace zoo::feed {

/// Title, or the id when there is none; "one of" and "all of" for groups; the id of what is unknown. One line.
std::string node_title(const catalog::GraphNode& node);
/// The version of a product, "not in this feed" for an unknown id, "" otherwise. One line.
std::string node_detail(const catalog::GraphNode& node);
/// At most `limit` code points of valid UTF-8, the last one an ellipsis when it was cut.
std::string shortened(std::string_view text, std::size_t limit);
/// True for addresses that are safe to put behind a box: http, https, relative, #fragment.
bool is_safe_link(std::string_view address);

}  // namespace zoo::feed
