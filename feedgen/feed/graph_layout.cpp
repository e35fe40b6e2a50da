// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/graph_layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

namespace zoo::feed {
namespace {

using catalog::Graph;
using catalog::GraphEdge;
using Vertex = std::uint32_t;

constexpr double kMargin = 12;
constexpr double kColumnGap = 44;
constexpr double kRowGap = 12;
constexpr double kLaneGap = 7;             ///< Around the points of long edges.
constexpr std::size_t kMaxLanes = 100000;  ///< Points of long edges; further long edges are drawn straight.
constexpr double kLast = 1e9;              ///< Nodes without any edge go below all others.
constexpr int kOrderRounds = 16;
constexpr int kHeightRounds = 24;

/// A node of the graph, or a point where a long edge crosses a column.
struct Place {
  std::uint32_t column = 0;
  double height = 0;
  bool lane = false;
  double center = 0;  ///< y
};

/// A piece of an edge between neighbouring columns (or any, when it is straight or goes back).
struct Link {
  Vertex from = 0;
  Vertex to = 0;
  bool alternative = false;
  bool preferred = false;
  bool back = false;
};

class Layout {
 public:
  Layout(const Graph& graph, const std::vector<BoxSize>& sizes) : graph_(graph), sizes_(sizes) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      places_.push_back({graph.nodes[i].layer, sizes[i].height, false, 0});
    spread_single_nodes();
    for (const GraphEdge& edge : graph.edges) add_links(edge);
    make_columns();
  }

  GraphLayout run() {
    order_columns();
    set_heights();
    return draw();
  }

 private:
  /// Nodes without any edge fill the columns in turn.
  void spread_single_nodes() {
    std::vector<char> linked(graph_.nodes.size(), 0);
    std::uint32_t count = 1;
    for (const GraphEdge& edge : graph_.edges) {
      linked[edge.from] = linked[edge.to] = 1;
      count = std::max({count, places_[edge.from].column + 1, places_[edge.to].column + 1});
    }
    constexpr std::uint32_t kFewColumns = 4;
    if (graph_.edges.empty() && graph_.nodes.size() > kFewColumns) count = kFewColumns;
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < linked.size(); ++i)
      if (linked[i] == 0) places_[i].column = next++ % count;
  }

  /// Edges to one node share their points, so that they join like roads.
  void add_links(const GraphEdge& edge) {
    const std::uint32_t first = places_[edge.from].column;
    const std::uint32_t last = places_[edge.to].column;
    const bool preferred = edge.rank == 1;
    if (edge.back || last <= first + 1 || lanes_.size() + (last - first) > kMaxLanes) {
      links_.push_back({edge.from, edge.to, edge.alternative(), preferred, edge.back});
      return;
    }
    Vertex from = edge.from;
    for (std::uint32_t column = first + 1; column < last; ++column) {
      const auto key = std::tuple(edge.to, column, edge.alternative(), preferred);
      const auto [lane, added] = lanes_.emplace(key, static_cast<Vertex>(places_.size()));
      if (added) places_.push_back({column, 0, true, 0});
      links_.push_back({from, lane->second, edge.alternative(), preferred, false});
      if (!added) return;
      from = lane->second;
    }
    links_.push_back({from, edge.to, edge.alternative(), preferred, false});
  }

  void make_columns() {
    std::uint32_t count = 0;
    for (const Place& place : places_) count = std::max(count, place.column + 1);
    columns_.resize(count);
    left_.resize(places_.size());
    right_.resize(places_.size());
    for (const Link& link : links_) {
      if (link.back) continue;
      right_[link.from].push_back(link.to);
      left_[link.to].push_back(link.from);
    }
    depth_first_order();
    position_.resize(places_.size());
    for (auto& column : columns_) {
      std::stable_partition(column.begin(), column.end(), [this](Vertex at) { return !is_single(at); });
      number(column);
    }
  }

  /// The first order of the columns: neighbours in the graph come out as neighbours.
  void depth_first_order() {
    std::vector<char> seen(places_.size(), 0);
    std::vector<Vertex> todo;
    for (auto root = static_cast<Vertex>(graph_.nodes.size()); root-- > 0;)
      if (left_[root].empty()) todo.push_back(root);
    const auto drain = [&] {
      while (!todo.empty()) {
        const Vertex at = todo.back();
        todo.pop_back();
        if (std::exchange(seen[at], 1) != 0) continue;
        columns_[places_[at].column].push_back(at);
        todo.insert(todo.end(), right_[at].rbegin(), right_[at].rend());
      }
    };
    drain();
    for (Vertex at = 0; at < places_.size(); ++at) {
      todo.push_back(at);
      drain();
    }
  }

  void number(const std::vector<Vertex>& column) {
    for (std::size_t i = 0; i < column.size(); ++i) position_[column[i]] = static_cast<double>(i);
  }

  /// Mean place of the neighbours, or where it is when there are none.
  double barycentre(Vertex at, const std::vector<std::vector<Vertex>>& neighbours) const {
    if (is_single(at)) return kLast;
    if (neighbours[at].empty()) return position_[at];
    double sum = 0;
    for (const Vertex other : neighbours[at]) sum += position_[other];
    return sum / static_cast<double>(neighbours[at].size());
  }

  void sort_column(std::vector<Vertex>& column, const std::vector<std::vector<Vertex>>& neighbours) {
    std::vector<std::pair<double, Vertex>> keyed;
    keyed.reserve(column.size());
    for (const Vertex at : column) keyed.emplace_back(barycentre(at, neighbours), at);
    std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < column.size(); ++i) column[i] = keyed[i].second;
    number(column);
  }

  /// Pairs of links that cross between neighbouring columns, by inversions in a Fenwick tree.
  std::uint64_t crossings() const {
    std::uint64_t total = 0;
    for (std::size_t c = 0; c + 1 < columns_.size(); ++c) {
      std::vector<std::uint64_t> counts(columns_[c + 1].size() + 1, 0);
      std::uint64_t inserted = 0;
      for (const Vertex from : columns_[c]) {
        const auto ends = ends_in(from, c + 1);
        for (const std::size_t end : ends) total += inserted - prefix(counts, end);
        for (const std::size_t end : ends) insert(counts, end);
        inserted += ends.size();
      }
    }
    return total;
  }
  std::vector<std::size_t> ends_in(Vertex from, std::size_t column) const {
    std::vector<std::size_t> ends;
    for (const Vertex to : right_[from])
      if (places_[to].column == column) ends.push_back(static_cast<std::size_t>(position_[to]) + 1);
    return ends;
  }
  static std::uint64_t prefix(const std::vector<std::uint64_t>& counts, std::size_t at) {
    std::uint64_t sum = 0;
    for (; at > 0; at &= at - 1) sum += counts[at];
    return sum;
  }
  static void insert(std::vector<std::uint64_t>& counts, std::size_t at) {
    for (; at < counts.size(); at += at & (~at + 1)) ++counts[at];
  }

  /// Sweeps to and fro, keeping the order with the fewest crossings.
  void order_columns() {
    auto best = columns_;
    std::uint64_t least = crossings();
    for (int round = 0; round < kOrderRounds && least != 0; ++round) {
      if (round % 2 == 0) {
        for (auto column = columns_.rbegin(); column != columns_.rend(); ++column) sort_column(*column, right_);
      } else {
        for (auto& column : columns_) sort_column(column, left_);
      }
      const std::uint64_t count = crossings();
      if (count >= least) continue;
      least = count;
      best = columns_;
    }
    columns_ = std::move(best);
    for (const auto& column : columns_) number(column);
  }

  double distance(Vertex above, Vertex below) const {
    const bool lane = places_[above].lane || places_[below].lane;
    return (places_[above].height + places_[below].height) / 2 + (lane ? kLaneGap : kRowGap);
  }

  void set_heights() {
    for (const auto& column : columns_) {
      double y = 0;
      for (std::size_t i = 0; i < column.size(); ++i) {
        if (i != 0) y += distance(column[i - 1], column[i]);
        places_[column[i]].center = y;
      }
    }
    for (int round = 0; round < kHeightRounds; ++round) {
      if (round % 2 == 0) {
        for (auto column = columns_.rbegin(); column != columns_.rend(); ++column) settle(*column);
      } else {
        for (const auto& column : columns_) settle(column);
      }
    }
    for (const auto& column : columns_) place_single_nodes(column);
  }

  bool is_single(Vertex at) const { return left_[at].empty() && right_[at].empty(); }

  /// Nodes without any edge follow at the end of their column.
  void place_single_nodes(const std::vector<Vertex>& column) {
    for (std::size_t i = 1; i < column.size(); ++i)
      if (is_single(column[i]))
        places_[column[i]].center = places_[column[i - 1]].center + distance(column[i - 1], column[i]);
  }

  /// Where a node would like to be: in the middle of all that it is linked with.
  double wish(Vertex at) const {
    double sum = 0;
    double weight = 0;
    for (const auto* const neighbours : {&left_[at], &right_[at]}) {
      for (const Vertex other : *neighbours) {
        // Long edges want to be straight more than boxes want to be centred.
        const double pull = places_[at].lane && places_[other].lane ? 4 : 1;
        sum += pull * places_[other].center;
        weight += pull;
      }
    }
    return weight == 0 ? places_[at].center : sum / weight;
  }

  /// Least squares towards the wishes with the distances kept: blocks of nodes that touch move to their mean.
  void settle(const std::vector<Vertex>& column) {
    struct Block {
      double sum;
      std::size_t count;
      double mean() const { return sum / static_cast<double>(count); }
    };
    std::vector<Block> blocks;
    std::vector<double> offsets;
    double offset = 0;
    for (std::size_t i = 0; i < column.size() && !is_single(column[i]); ++i) {
      if (i != 0) offset += distance(column[i - 1], column[i]);
      offsets.push_back(offset);
      blocks.push_back({wish(column[i]) - offset, 1});
      while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
        const Block last = blocks.back();
        blocks.pop_back();
        blocks.back().sum += last.sum;
        blocks.back().count += last.count;
      }
    }
    std::size_t i = 0;
    for (const Block& block : blocks)
      for (std::size_t n = 0; n < block.count; ++n, ++i) places_[column[i]].center = block.mean() + offsets[i];
  }

  GraphLayout draw() const {
    const std::vector<double> lefts = column_lefts();
    double top = 0;
    double bottom = 0;
    for (const Place& place : places_) {
      top = std::min(top, place.center - place.height / 2);
      bottom = std::max(bottom, place.center + place.height / 2);
    }
    GraphLayout layout;
    const auto y = [&](Vertex at) { return std::round(places_[at].center - top + kMargin); };
    for (Vertex node = 0; node < graph_.nodes.size(); ++node) {
      const std::uint32_t column = places_[node].column;
      const double inset = (widths_[column] - sizes_[node].width) / 2;
      layout.corners.push_back({lefts[column] + std::round(inset), y(node) - sizes_[node].height / 2});
    }
    const auto leaves = [&](Vertex at) {
      const bool node = at < graph_.nodes.size();
      return Point{node ? layout.corners[at].x + sizes_[at].width : right_of(at, lefts), y(at)};
    };
    const auto arrives = [&](Vertex at) {
      return Point{at < graph_.nodes.size() ? layout.corners[at].x : lefts[places_[at].column], y(at)};
    };
    for (const Link& link : links_) {
      const Point from = leaves(link.from);
      const Point to = arrives(link.to);
      const double leave_x = link.back || is_group(link.from) ? from.x : right_of(link.from, lefts);
      layout.segments.push_back(
          {from, to, leave_x, link.to < graph_.nodes.size(), link.alternative, link.preferred, link.back});
    }
    add_crossings_of_columns(layout, arrives, leaves);
    layout.size = {lefts.back() + widths_.back() + kMargin, std::round(bottom - top) + 2 * kMargin};
    return layout;
  }

  /// Groups are small: their edges bend at once, those of products when they are past the widest box of the column.
  bool is_group(Vertex at) const {
    return at < graph_.nodes.size() && (graph_.nodes[at].kind == catalog::GraphNode::Kind::kOneOf ||
                                        graph_.nodes[at].kind == catalog::GraphNode::Kind::kAllOf);
  }
  double right_of(Vertex at, const std::vector<double>& lefts) const {
    return lefts[places_[at].column] + widths_[places_[at].column];
  }

  /// Long edges cross a column straight.
  template <typename Arrives, typename Leaves>
  void add_crossings_of_columns(GraphLayout& layout, const Arrives& arrives, const Leaves& leaves) const {
    for (const auto& [key, lane] : lanes_) {
      const Point from = arrives(lane);
      const Point to = leaves(lane);
      layout.segments.push_back({from, to, from.x, false, std::get<2>(key), std::get<3>(key), false});
    }
  }

  std::vector<double> column_lefts() const {
    widths_.assign(columns_.size(), 0);
    for (std::size_t node = 0; node < sizes_.size(); ++node) {
      double& width = widths_[places_[node].column];
      width = std::max(width, sizes_[node].width);
    }
    std::vector<double> lefts;
    double x = kMargin;
    for (const double width : widths_) {
      lefts.push_back(x);
      x += width + kColumnGap;
    }
    return lefts;
  }

  const Graph& graph_;
  const std::vector<BoxSize>& sizes_;
  std::vector<Place> places_;
  std::vector<Link> links_;
  /// By target, column, alternative, preferred.
  std::map<std::tuple<Vertex, std::uint32_t, bool, bool>, Vertex> lanes_;
  std::vector<std::vector<Vertex>> columns_, left_, right_;
  std::vector<double> position_;
  mutable std::vector<double> widths_;
};

}  // namespace

GraphLayout lay_out(const Graph& graph, const std::vector<BoxSize>& sizes) {
  if (graph.nodes.empty()) return {{}, {}, {2 * kMargin, 2 * kMargin}};
  return Layout(graph, sizes).run();
}

}  // namespace zoo::feed
