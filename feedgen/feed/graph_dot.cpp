// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/graph_dot.h"

#include <fmt/format.h>

#include <string_view>

#include "feedgen/feed/graph_names.h"

namespace zoo::feed {
namespace {

using catalog::GraphEdge;
using catalog::GraphNode;

/// A double-quoted string of DOT; the backslash is escaped too, for labels give \N, \n and others a meaning.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string label(const GraphNode& node) {
  std::string title = quoted(node_title(node));
  const std::string detail = quoted(node_detail(node));
  if (detail == "\"\"") return title;
  return title.substr(0, title.size() - 1) + "\\n" + detail.substr(1);
}

std::string_view look(const GraphNode& node) {
  switch (node.kind) {
    case GraphNode::Kind::kOneOf:
      return ", shape=diamond";
    case GraphNode::Kind::kAllOf:
      return ", shape=ellipse";
    case GraphNode::Kind::kUnknown:
      return ", style=\"rounded,dashed\"";
    case GraphNode::Kind::kProduct:
      break;
  }
  return node.root ? ", penwidth=2" : "";
}

std::string_view look(const GraphEdge& edge) {
  if (edge.back) return " [style=dotted, constraint=false]";
  if (!edge.alternative()) return "";
  return edge.rank == 1 ? " [style=dashed, penwidth=2]" : " [style=dashed]";
}

}  // namespace

std::string graph_dot(const catalog::Graph& graph, const std::function<std::string(const catalog::Product&)>& link) {
  std::string out = "digraph dependencies {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    const std::string address = link && node.product != nullptr ? link(*node.product) : std::string();
    const std::string url = is_safe_link(address) ? ", URL=" + quoted(address) : "";
    out += fmt::format("  n{} [label={}{}{}];\n", i, label(node), look(node), url);
  }
  for (const GraphEdge& edge : graph.edges) out += fmt::format("  n{} -> n{}{};\n", edge.from, edge.to, look(edge));
  return out + "}\n";
}

}  // namespace zoo::feed
