// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/graph_names.h"

#include <algorithm>

#include "feedgen/feed/plain_text.h"

namespace zoo::feed {
namespace {

using catalog::GraphNode;

bool is_lead(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

}  // namespace

std::string node_title(const GraphNode& node) {
  switch (node.kind) {
    case GraphNode::Kind::kOneOf:
      return "one of";
    case GraphNode::Kind::kAllOf:
      return "all of";
    case GraphNode::Kind::kUnknown:
      return one_line(node.id);
    case GraphNode::Kind::kProduct:
      break;
  }
  const std::string_view title = catalog::trimmed(node.product->title.text);
  return one_line(title.empty() ? node.id : title);
}

std::string node_detail(const GraphNode& node) {
  if (node.kind == GraphNode::Kind::kUnknown) return "not in this feed";
  if (node.kind != GraphNode::Kind::kProduct) return {};
  return one_line(catalog::trimmed(node.product->version.text));
}

std::string shortened(std::string_view text, std::size_t limit) {
  std::size_t count = 0;
  std::size_t cut = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_lead(text[i])) continue;
    if (++count == limit) cut = i;
  }
  if (count <= limit) return std::string(text);
  return std::string(text.substr(0, cut)) + "\u2026";
}

bool is_safe_link(std::string_view address) {
  if (address.empty()) return false;
  const std::string start = catalog::folded(address.substr(0, 8));
  if (start.rfind("http://", 0) == 0 || start.rfind("https://", 0) == 0) return true;
  if (std::any_of(address.begin(), address.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20; }))
    return false;
  return address.find(':') == std::string_view::npos && address.rfind("//", 0) != 0;
}

}  // namespace zoo::feed
