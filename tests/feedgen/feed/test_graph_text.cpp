// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "feedgen/feed/graph_dot.h"
#include "feedgen/feed/graph_mermaid.h"
#include "feedgen/feed/graph_names.h"
#include "tests/feedgen/catalog/catalog_builder.h"

namespace {

using zoo::catalog::Graph;
using zoo::catalog::make_graph;
using zoo::catalog::Product;
using zoo::catalog::testing::CatalogBuilder;

Graph graph_of(const CatalogBuilder& builder) {
  auto graph = make_graph(builder.catalog, {{std::string(builder.catalog.products[0].id.text)}, false});
  REQUIRE(graph);
  return std::move(*graph);
}

CatalogBuilder small() {
  CatalogBuilder builder;
  builder.product("A", "B & (C | Nowhere)");
  builder.product("B", "A");
  builder.product("C");
  return builder;
}

CatalogBuilder hostile() {
  CatalogBuilder builder;
  Product& product = builder.product("A");
  static_cast<zoo::catalog::Field&>(product.title) = builder.field("x\"];\nclick \\N `<b>` #quot; é");
  return builder;
}

}  // namespace

TEST_CASE("DOT", "[graph_dot]") {
  CHECK(zoo::feed::graph_dot(graph_of(small())) ==
        "digraph dependencies {\n"
        "  rankdir=LR;\n"
        "  node [shape=box, style=rounded];\n"
        "  n0 [label=\"Title of A\\n1.0\", penwidth=2];\n"
        "  n1 [label=\"Title of B\\n1.0\"];\n"
        "  n2 [label=\"Title of C\\n1.0\"];\n"
        "  n3 [label=\"Nowhere\\nnot in this feed\", style=\"rounded,dashed\"];\n"
        "  n4 [label=\"one of\", shape=diamond];\n"
        "  n0 -> n1;\n"
        "  n0 -> n4;\n"
        "  n1 -> n0 [style=dotted, constraint=false];\n"
        "  n4 -> n2 [style=dashed, penwidth=2];\n"
        "  n4 -> n3 [style=dashed];\n"
        "}\n");
}

TEST_CASE("hostile titles stay within a DOT string", "[graph_dot]") {
  const auto link = [](const Product&) { return std::string("#a\"b"); };
  const std::string dot = zoo::feed::graph_dot(graph_of(hostile()), link);
  CHECK_THAT(dot,
             Catch::Contains("n0 [label=\"x\\\"]; click \\\\N `<b>` #quot; é\\n1.0\", penwidth=2, URL=\"#a\\\"b\"];"));
}

TEST_CASE("Mermaid", "[graph_mermaid]") {
  const auto link = [](const Product& product) { return "#" + std::string(product.id.text); };
  CHECK(zoo::feed::graph_mermaid(graph_of(small()), link) ==
        "flowchart LR\n"
        "  n0[\"Title of A<br/>1.0\"]\n"
        "  n1[\"Title of B<br/>1.0\"]\n"
        "  n2[\"Title of C<br/>1.0\"]\n"
        "  n3[\"Nowhere<br/>not in this feed\"]\n"
        "  n4{\"one of\"}\n"
        "  n0 --> n1\n"
        "  n0 --> n4\n"
        "  n1 -. cycle .-> n0\n"
        "  n4 -. first .-> n2\n"
        "  n4 -.-> n3\n"
        "  click n0 href \"#A\"\n"
        "  click n1 href \"#B\"\n"
        "  click n2 href \"#C\"\n");
}

TEST_CASE("hostile titles stay within a Mermaid string", "[graph_mermaid]") {
  const auto link = [](const Product&) { return std::string("https://x/\"\nclick n0 call a()"); };
  const std::string text = zoo::feed::graph_mermaid(graph_of(hostile()), link);
  CHECK(text ==
        "flowchart LR\n"
        "  n0[\"x#34;#93;#59; click #92;N #96;#60;b#62;#96; #35;quot#59; é<br/>1.0\"]\n"
        "  click n0 href \"https://x/%22%0Aclick%20n0%20call%20a()\"\n");
}

TEST_CASE("names are shortened at code points", "[graph_names]") {
  CHECK(zoo::feed::shortened("äöü", 3) == "äöü");
  CHECK(zoo::feed::shortened("äöüß", 3) == "äö…");
  CHECK(zoo::feed::shortened("", 3).empty());
}

TEST_CASE("script addresses are not safe", "[graph_names]") {
  using zoo::feed::is_safe_link;
  CHECK(is_safe_link("https://example.org/"));
  CHECK(is_safe_link("HTTP://example.org/"));
  CHECK(is_safe_link("#Python313"));
  CHECK(is_safe_link("icons/a.png"));
  CHECK_FALSE(is_safe_link(""));
  CHECK_FALSE(is_safe_link("javascript:alert(1)"));
  CHECK_FALSE(is_safe_link(" JavaScript:alert(1)"));
  CHECK_FALSE(is_safe_link("java\nscript:alert(1)"));
  CHECK_FALSE(is_safe_link("data:text/html,x"));
  CHECK_FALSE(is_safe_link("//example.org/"));
}
