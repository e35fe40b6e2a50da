// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/graph.h"

#include <catch2/catch.hpp>

#include "tests/feedgen/catalog/catalog_builder.h"

namespace {

using zoo::catalog::Graph;
using zoo::catalog::GraphNode;
using zoo::catalog::GraphOptions;
using zoo::catalog::make_graph;
using zoo::catalog::testing::CatalogBuilder;

std::string label(const Graph& graph, std::uint32_t node) {
  switch (graph.nodes[node].kind) {
    case GraphNode::Kind::kOneOf:
      return "or" + std::to_string(node);
    case GraphNode::Kind::kAllOf:
      return "and" + std::to_string(node);
    case GraphNode::Kind::kUnknown:
      return std::string(graph.nodes[node].id) + "?";
    case GraphNode::Kind::kProduct:
      break;
  }
  return std::string(graph.nodes[node].id);
}

std::string edges(const Graph& graph) {
  std::string text;
  for (const auto& edge : graph.edges) {
    text += (text.empty() ? "" : ", ") + label(graph, edge.from) + (edge.back ? "~" : edge.alternative() ? ":" : ">");
    if (edge.alternative()) text += std::to_string(edge.rank);
    text += label(graph, edge.to);
  }
  return text;
}

Graph graph_of(const CatalogBuilder& builder, const GraphOptions& options = {}) {
  auto graph = make_graph(builder.catalog, options);
  REQUIRE(graph);
  return std::move(*graph);
}

}  // namespace

TEST_CASE("equal groups are one node", "[graph]") {
  CatalogBuilder builder;
  builder.product("A", "(X | Y) & Z & (Z & Z)");
  builder.product("B", "Z & (X | (Y | Y))");
  for (const char* const id : {"X", "Y", "Z"}) builder.product(id);
  const Graph graph = graph_of(builder);
  CHECK(edges(graph) == "A>or5, A>Z, B>Z, B>or5, or5:1X, or5:2Y");
}

TEST_CASE("the graph of a root is its closure", "[graph]") {
  CatalogBuilder builder;
  builder.product("Other", "A");
  builder.product("A", "b | c & Nowhere");
  builder.product("B");
  builder.product("C", "D");
  builder.product("D");
  const Graph graph = graph_of(builder, {{"a"}, false});
  CHECK(edges(graph) == "A>or5, C>D, and4>C, and4>Nowhere?, or5:1B, or5:2and4");
  CHECK(graph.nodes[0].root);
  CHECK(graph.nodes[0].layer == 0);
  const auto error = make_graph(builder.catalog, {{"Othr"}, false});
  REQUIRE_FALSE(error);
  CHECK(error.error().code == zoo::ExitCode::kUsage);
  CHECK_THAT(error.error().message, Catch::EndsWith("did you mean Other?"));
}

TEST_CASE("references are followed and shared", "[graph]") {
  CatalogBuilder builder;
  builder.product("A", "@web & C");
  builder.product("B", "@web");
  builder.product("C", "@alone & @missing");
  builder.shared("web", "X | Y");
  builder.shared("alone", "X");
  builder.shared("unused", "Y");
  builder.product("X");
  builder.product("Y");
  CHECK(edges(graph_of(builder)) == "A>or5, A>C, B>or5, C>X, C>missing?, or5:1X, or5:2Y");
}

TEST_CASE("layers grow along the edges", "[graph]") {
  CatalogBuilder builder;
  builder.product("A", "B & D");
  builder.product("B", "C | D");
  builder.product("C", "D");
  builder.product("D");
  builder.product("Near", "D");
  const Graph graph = graph_of(builder);
  for (const auto& edge : graph.edges) CHECK(graph.nodes[edge.from].layer < graph.nodes[edge.to].layer);
  CHECK(graph.nodes[3].layer == 4);
  CHECK(graph.nodes[4].layer == 3);
}

TEST_CASE("what is needed anyway can be left out", "[graph]") {
  CatalogBuilder builder;
  builder.product("A", "B & D & C & (X | Y)");
  builder.product("B", "C & (X | Y)");
  builder.product("C", "D");
  builder.product("D");
  builder.product("X", "D");
  builder.product("Y");
  CHECK(edges(graph_of(builder, {{"A"}, true})) == "A>B, B>C, B>or6, C>D, X>D, or6:1X, or6:2Y");
}

TEST_CASE("cycles are marked and do not hang", "[graph]") {
  CatalogBuilder builder;
  builder.product("A", "B");
  builder.product("B", "A | C");
  builder.product("C", "@loop");
  builder.shared("loop", "A & @loop & @loop");
  const Graph graph = graph_of(builder, {{}, true});
  std::size_t back = 0;
  for (const auto& edge : graph.edges)
    if (edge.back) ++back;
  CHECK(back == 2);
  CHECK(graph.nodes.size() == 4);
}

TEST_CASE("100,000 products in a chain are no problem", "[graph]") {
  CatalogBuilder builder;
  for (int i = 0; i < 100000; ++i) builder.product("p" + std::to_string(i), "p" + std::to_string(i + 1));
  const Graph graph = graph_of(builder);
  CHECK(graph.edges.size() == 100000);
  CHECK(graph.nodes[100000].layer == 100000);
}
