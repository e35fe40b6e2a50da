// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/tree_text.h"

#include <catch2/catch.hpp>

#include "tests/feedgen/catalog/catalog_builder.h"

using zoo::catalog::TreeText;
using zoo::catalog::testing::CatalogBuilder;

TEST_CASE("trees are written without needless brackets", "[tree_text]") {
  CatalogBuilder builder;
  builder.shared("web", "Iis | Express");
  builder.shared("both", "C & @web");
  builder.shared("loop", "X & @loop");
  const TreeText text(builder.catalog);
  CHECK(text(builder.tree("")).empty());
  CHECK(text(builder.tree("A")) == "A");
  CHECK(text(builder.tree("A & (B & C) & (D | (E | F & G))")) == "A and B and C and (D or E or (F and G))");
  CHECK(text(builder.tree("A & @both")) == "A and C and (Iis or Express)");
  CHECK(text(builder.tree("@web | @missing")) == "Iis or Express or @missing");
  CHECK_THAT(text(builder.tree("@loop")), Catch::StartsWith("X and X and ") && Catch::EndsWith("..."));
}

TEST_CASE("long texts are cut", "[tree_text]") {
  CatalogBuilder builder;
  builder.shared("t0", "A & B");
  for (int i = 1; i < 64; ++i) {
    const std::string before = "@t" + std::to_string(i - 1);
    builder.shared("t" + std::to_string(i), before + " & " + before);
  }
  const std::string text = TreeText(builder.catalog, 1000)(builder.tree("@t63"));
  CHECK(text.size() == 1003);
  CHECK_THAT(text, Catch::EndsWith("..."));
}
