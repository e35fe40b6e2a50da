// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "feedgen/catalog/graph.h"

namespace zoo::feed {

/// The graph as a Mermaid flowchart (mermaid.js.org, "Flowcharts"), which code hosts draw in Markdown files:
/// alternatives dotted, the preferred one with its rank. Texts are quoted; characters with a meaning to Mermaid, HTML
/// or Markdown are written as its entity codes. `link` as in GraphSvgOptions.
std::string graph_mermaid(const catalog::Graph& graph,
                          const std::function<std::string(const catalog::Product&)>& link = {});

}  // namespace zoo::feed
