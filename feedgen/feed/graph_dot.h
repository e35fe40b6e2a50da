// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "feedgen/catalog/graph.h"

namespace zoo::feed {

/// The graph in Graphviz's language (graphviz.org, "DOT Language"): alternatives dashed, the preferred one bold. Ids of
/// nodes are n0, n1, ...; texts are quoted and escaped. `link` as in GraphSvgOptions.
std::string graph_dot(const catalog::Graph& graph,
                      const std::function<std::string(const catalog::Product&)>& link = {});

}  // namespace zoo::feed
