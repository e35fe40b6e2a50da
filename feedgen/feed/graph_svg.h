// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "feedgen/catalog/graph.h"

namespace zoo::feed {

struct GraphSvgOptions {
  std::string title;                ///< Accessible name; empty: made from the roots.
  std::string id_prefix = "graph";  ///< Ids within the picture begin with it; unique in the page.
  /// A file of its own: with XML declaration, colours for light and dark and a background. Otherwise an <svg> element
  /// that takes the page's colours (--graph-ink, --graph-line, --graph-fill, --accent), with fall-backs.
  bool standalone = false;
  /// Address that a product's box leads to, or ""; http, https, relative and #fragment addresses only.
  std::function<std::string(const catalog::Product&)> link;
};

/// The graph as a picture without script: products as boxes, groups as small ones ("one of", "all of"), alternatives
/// dashed, the preferred one heavier. Texts are 12 px and larger at natural size. Title and desc say in words what is
/// drawn. Well-formed XML; all texts escaped.
std::string graph_svg(const catalog::Graph& graph, const GraphSvgOptions& options = {});

/// The sentences of the description, e.g. "A needs B and one of C or D (C is preferred)."; cut after about `limit`
/// bytes.
std::string graph_sentences(const catalog::Graph& graph, std::size_t limit = 4000);

}  // namespace zoo::feed
