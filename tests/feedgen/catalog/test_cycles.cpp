// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/cycles.h"

#include <catch2/catch.hpp>

#include "tests/feedgen/catalog/catalog_builder.h"

namespace {

using zoo::catalog::Cycle;
using zoo::catalog::find_cycles;
using zoo::catalog::ProductIndex;
using zoo::catalog::testing::CatalogBuilder;

std::vector<Cycle> cycles_of(const CatalogBuilder& builder) {
  return find_cycles(builder.catalog, ProductIndex(builder.catalog));
}

}  // namespace

TEST_CASE("a catalog without cycles has none", "[cycles]") {
  CatalogBuilder builder;
  builder.product("A", "B & (C | D) & @both");
  builder.product("B", "D & Unknown");
  builder.product("C", "D");
  builder.product("D", "@missing");
  builder.shared("both", "C & D");
  CHECK(cycles_of(builder).empty());
}

TEST_CASE("one shortest path is told for each group", "[cycles]") {
  CatalogBuilder builder;
  builder.product("Out", "A & X");
  builder.product("A", "B | C");
  builder.product("B", "D");
  builder.product("C", "a");
  builder.product("D", "A");
  builder.product("X", "Y & X");
  builder.product("Y");
  const auto cycles = cycles_of(builder);
  REQUIRE(cycles.size() == 2);
  CHECK(to_text(cycles[0]) == "A -> C -> A");
  CHECK(cycles[0].members == 4);
  CHECK(cycles[0].pos.offset == builder.catalog.products[1].pos.offset);
  CHECK(to_text(cycles[1]) == "X -> X");
  CHECK(cycles[1].members == 1);
}

TEST_CASE("cycles go through shared trees", "[cycles]") {
  CatalogBuilder builder;
  builder.product("A", "@one");
  builder.product("B", "A");
  builder.shared("one", "@two & C");
  builder.shared("two", "B");
  builder.shared("self", "@self | C");
  const auto cycles = cycles_of(builder);
  REQUIRE(cycles.size() == 2);
  CHECK(to_text(cycles[0]) == "A -> B -> A");
  REQUIRE(cycles[0].path.size() == 5);
  CHECK(cycles[0].path[1].shared);
  CHECK(cycles[0].path[1].id == "one");
  CHECK(to_text(cycles[1]) == "self -> self");
}

TEST_CASE("only what the roots reach is looked at", "[cycles]") {
  CatalogBuilder builder;
  builder.product("A", "B");
  builder.product("B");
  builder.product("C", "C");
  CHECK(find_cycles(builder.catalog, ProductIndex(builder.catalog), {0}).empty());
  CHECK(find_cycles(builder.catalog, ProductIndex(builder.catalog), {0, 2}).size() == 1);
}

TEST_CASE("a long cycle is found without recursion and shown in part", "[cycles]") {
  constexpr int kCount = 100000;
  CatalogBuilder builder;
  for (int i = 0; i < kCount; ++i) builder.product("p" + std::to_string(i), "p" + std::to_string((i + 1) % kCount));
  const auto cycles = cycles_of(builder);
  REQUIRE(cycles.size() == 1);
  CHECK(cycles[0].path.size() == kCount + 1);
  CHECK_THAT(to_text(cycles[0]), Catch::StartsWith("p0 -> p1 -> ") && Catch::EndsWith("more) -> p0"));
  CHECK(to_text(cycles[0]).size() < 300);
}
