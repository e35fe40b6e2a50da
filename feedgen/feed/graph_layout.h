// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "feedgen/catalog/graph.h"

namespace zoo::feed {

/// Width and height in px.
struct BoxSize {
  double width = 0;
  double height = 0;
};

struct Point {
  double x = 0;
  double y = 0;
};

/// A piece of an edge; smooth where it meets the next one, since it leaves and arrives horizontally.
struct GraphSegment {
  Point from, to;
  double leave_x = 0;        ///< Straight from `from` to here, past what else is in the column.
  bool arrives = false;      ///< Ends at a box.
  bool alternative = false;  ///< Of edges from a kOneOf node.
  bool preferred = false;    ///< Of its first branch.
  bool back = false;         ///< Closes a cycle.
};

struct GraphLayout {
  std::vector<Point> corners;  ///< Upper left corner of each node's box.
  std::vector<GraphSegment> segments;
  BoxSize size;  ///< Of the whole picture, margins included.
};

/// Layers from left to right in columns, in the manner of Sugiyama: edges over several layers run through points that
/// edges to the same node share, order by barycentres, heights by least squares with the distances kept. The same
/// input gives the same picture. Near linear in nodes and edges; `sizes` is by node.
GraphLayout lay_out(const catalog::Graph& graph, const std::vector<BoxSize>& sizes);

}  // namespace zoo::feed
