// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/graph_svg.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "feedgen/base/xml.h"
#include "feedgen/feed/graph_layout.h"
#include "tests/feedgen/catalog/catalog_builder.h"

namespace {

using zoo::catalog::Graph;
using zoo::catalog::make_graph;
using zoo::catalog::testing::CatalogBuilder;
using zoo::feed::graph_sentences;
using zoo::feed::graph_svg;
using zoo::feed::GraphSvgOptions;

constexpr auto kHostile = "</text><script>alert(1)</script>\"'&\x01 \xE2\x82\xAC";

Graph graph_of(const CatalogBuilder& builder, std::vector<std::string> roots = {}) {
  auto graph = make_graph(builder.catalog, {std::move(roots), true});
  REQUIRE(graph);
  return std::move(*graph);
}

std::shared_ptr<zoo::XmlDocument> parsed(const std::string& svg) {
  zoo::SourceSet sources;
  zoo::Diagnostics diagnostics;
  auto document = zoo::XmlDocument::parse("graph.svg", svg, sources, diagnostics);
  INFO(svg);
  REQUIRE(document);
  CHECK_FALSE(diagnostics.has_errors());
  return document;
}

CatalogBuilder project() {
  CatalogBuilder builder;
  builder.product("App", "Module & (Python313 & Driver | Python312) & Runtime");
  builder.product("Module", "Iis | Express");
  for (const char* const id : {"Iis", "Express", "Python313", "Python312"}) builder.product(id, "Runtime");
  builder.product("Driver", "Python313 & Elsewhere");
  builder.product("Runtime");
  return builder;
}

/// Visits every element.
template <typename Visit>
void walk(zoo::XmlNode node, const Visit& visit) {
  visit(node);
  for (const zoo::XmlNode child : zoo::children(node)) walk(child, visit);
}

double number(std::string_view text) {
  return std::strtod(std::string(text).c_str(), nullptr);
}

}  // namespace

TEST_CASE("the picture is well-formed, named and has its size", "[graph_svg]") {
  const CatalogBuilder builder = project();
  GraphSvgOptions options;
  options.id_prefix = "g1";
  const std::string svg = graph_svg(graph_of(builder, {"App"}), options);
  const auto document = parsed(svg);
  const zoo::XmlNode root = document->root();
  CHECK(root.name() == "svg");
  CHECK(root.attribute("role").value() == "img");
  CHECK(root.attribute("aria-labelledby").value() == "g1-title");
  CHECK(root.child("title").attribute("id").value() == "g1-title");
  CHECK(root.child("title").text() == "What Title of App needs");
  CHECK(root.child("desc").attribute("id").value() == "g1-desc");
  CHECK_THAT(std::string(root.child("desc").text()), Catch::StartsWith("Title of App needs Title of Module"));
  const std::string box =
      "0 0 " + std::string(root.attribute("width").value()) + " " + std::string(root.attribute("height").value());
  CHECK(root.attribute("viewBox").value() == box);
  CHECK(svg == graph_svg(graph_of(builder, {"App"}), options));
}

TEST_CASE("boxes lie within the picture and do not overlap; texts are 12 px or more", "[graph_svg]") {
  const CatalogBuilder builder = project();
  const auto document = parsed(graph_svg(graph_of(builder)));
  const double width = number(document->root().attribute("width").value());
  const double height = number(document->root().attribute("height").value());
  struct Rect {
    double x, y, w, h;
  };
  std::vector<Rect> rects;
  walk(document->root(), [&](zoo::XmlNode node) {
    if (node.attribute("font-size")) CHECK(number(node.attribute("font-size").value()) >= 12);
    if (node.name() != "rect") return;
    rects.push_back({number(node.attribute("x").value()), number(node.attribute("y").value()),
                     number(node.attribute("width").value()), number(node.attribute("height").value())});
  });
  REQUIRE(rects.size() == 12);
  for (std::size_t i = 0; i < rects.size(); ++i) {
    const Rect& a = rects[i];
    CHECK((a.x >= 0 && a.y >= 0 && a.x + a.w <= width && a.y + a.h <= height));
    for (std::size_t j = 0; j < i; ++j) {
      const Rect& b = rects[j];
      CHECK((a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y));
    }
  }
}

TEST_CASE("hostile names stay text", "[graph_svg]") {
  CatalogBuilder builder;
  builder.product(kHostile, "Other & Gone\x02<b>");
  static_cast<zoo::catalog::Field&>(builder.catalog.products[0].title) = builder.field(kHostile);
  builder.product("Other");
  GraphSvgOptions options;
  options.id_prefix = "\"><script>";
  options.title = kHostile;
  const auto document = parsed(graph_svg(graph_of(builder), options));
  std::size_t scripts = 0;
  walk(document->root(), [&](zoo::XmlNode node) {
    if (node.name() == "script" || node.name() == "b") ++scripts;
  });
  CHECK(scripts == 0);
  CHECK_THAT(std::string(document->root().child("title").text()), Catch::StartsWith("</text><script>alert(1)"));
}

TEST_CASE("only safe addresses become links", "[graph_svg]") {
  const CatalogBuilder builder = project();
  GraphSvgOptions options;
  options.link = [](const zoo::catalog::Product& product) -> std::string {
    if (product.id.text == "App") return "javascript:alert(1)";
    if (product.id.text == "Module") return "//evil.example/";
    if (product.id.text == "Runtime") return "https://example.org/?a=1&b=\"";
    return product.id.text == "Iis" ? "" : "#" + std::string(product.id.text);
  };
  const auto document = parsed(graph_svg(graph_of(builder), options));
  CHECK(document->root().attribute("role").value() == "group");
  std::vector<std::string> links;
  walk(document->root(), [&](zoo::XmlNode node) {
    if (node.name() == "a") links.emplace_back(node.attribute("href").value());
  });
  CHECK(links ==
        std::vector<std::string>{"#Express", "#Python313", "#Python312", "#Driver", "https://example.org/?a=1&b=\""});
}

TEST_CASE("a file of its own brings its colours", "[graph_svg]") {
  const CatalogBuilder builder = project();
  GraphSvgOptions options;
  options.standalone = true;
  const std::string svg = graph_svg(graph_of(builder), options);
  CHECK_THAT(svg, Catch::StartsWith("<?xml"));
  CHECK_THAT(std::string(parsed(svg)->root().child("style").text()), Catch::Contains("prefers-color-scheme:dark"));
}

TEST_CASE("an empty catalogue gives an empty picture", "[graph_svg]") {
  const auto document = parsed(graph_svg(Graph{}));
  CHECK(document->root().child("title").text() == "What the products need");
}

TEST_CASE("the description says the graph in words", "[graph_svg]") {
  CatalogBuilder builder;
  builder.product("A", "B & (C | D & E)");
  for (const char* const id : {"B", "C", "D", "E"}) builder.product(id);
  for (auto& product : builder.catalog.products) product.title = {};
  const Graph graph = graph_of(builder);
  CHECK(graph_sentences(graph) == "A needs B and one of (C or all of (D and E), the first is preferred).");
  CatalogBuilder chain;
  for (int i = 0; i < 1000; ++i) chain.product("p" + std::to_string(i), "p" + std::to_string(i + 1));
  CHECK(graph_sentences(graph_of(chain), 200).size() < 300);
  CHECK_THAT(graph_sentences(graph_of(chain), 200), Catch::EndsWith("And so on."));
}

TEST_CASE("cycles are drawn too", "[graph_svg]") {
  CatalogBuilder builder;
  builder.product("A", "B");
  builder.product("B", "A & B");
  CHECK_THAT(graph_svg(graph_of(builder)), Catch::Contains("stroke-dasharray=\"1 3\""));
}

TEST_CASE("large graphs are laid out in bounded time", "[graph_svg]") {
  CatalogBuilder wide;
  std::string tree = "x0";
  for (int i = 0; i < 20000; ++i) {
    wide.product("x" + std::to_string(i));
    if (i != 0) tree += " | x" + std::to_string(i);
  }
  wide.product("App", tree);
  CHECK(graph_svg(graph_of(wide)).size() > 20000);
  // Every product needs all later ones: the long edges share their ways.
  CatalogBuilder deep;
  for (int i = 0; i < 150; ++i) {
    std::string all;
    for (int j = i + 1; j < 150; ++j) all += (all.empty() ? "p" : " & p") + std::to_string(j);
    deep.product("p" + std::to_string(i), all);
  }
  auto graph = make_graph(deep.catalog, {});
  REQUIRE(graph);
  CHECK(graph->edges.size() == 150 * 149 / 2);
  const std::vector<zoo::feed::BoxSize> sizes(graph->nodes.size(), {80, 30});
  CHECK(zoo::feed::lay_out(*graph, sizes).segments.size() < 40000);
}
