// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/graph_mermaid.h"

#include <fmt/format.h>

#include <string_view>

#include "feedgen/feed/graph_names.h"

namespace zoo::feed {
namespace {

using catalog::GraphEdge;
using catalog::GraphNode;

/// Everything that is no plain word character or harmless punctuation becomes "#code;".
std::string entities(std::string_view text) {
  constexpr std::string_view kPlain = " .,+-_/()";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool beyond_ascii = static_cast<unsigned char>(c) >= 0x80U;
    if (letter || beyond_ascii || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("#{};", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

/// Nothing that could end the quoted address or the line.
std::string address_text(std::string_view address) {
  std::string out;
  for (const char c : address) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || c == '"' || c == '<' || c == '>' || c == '\\' || c == '`') {
      out += fmt::format("%{:02X}", static_cast<unsigned>(byte));
    } else {
      out += c;
    }
  }
  return out;
}

std::string shape(const GraphNode& node) {
  const std::string title = entities(node_title(node));
  if (node.kind == GraphNode::Kind::kOneOf) return fmt::format("{{\"{}\"}}", title);
  if (node.kind == GraphNode::Kind::kAllOf) return fmt::format("([\"{}\"])", title);
  const std::string detail = entities(node_detail(node));
  return fmt::format("[\"{}{}{}\"]", title, detail.empty() ? "" : "<br/>", detail);
}

std::string arrow(const GraphEdge& edge) {
  if (edge.back) return "-. cycle .->";
  if (!edge.alternative()) return "-->";
  return edge.rank == 1 ? "-. first .->" : "-.->";
}

}  // namespace

std::string graph_mermaid(const catalog::Graph& graph,
                          const std::function<std::string(const catalog::Product&)>& link) {
  std::string out = "flowchart LR\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) out += fmt::format("  n{}{}\n", i, shape(graph.nodes[i]));
  for (const GraphEdge& edge : graph.edges) out += fmt::format("  n{} {} n{}\n", edge.from, arrow(edge), edge.to);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!link || graph.nodes[i].product == nullptr) continue;
    const std::string address = link(*graph.nodes[i].product);
    if (is_safe_link(address)) out += fmt::format("  click n{} href \"{}\"\n", i, address_text(address));
  }
  return out;
}

}  // namespace zoo::feed
