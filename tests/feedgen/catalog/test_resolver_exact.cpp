// SPDX-License-Identifier: Apache-2.0
#include <bitset>
#include <catch2/catch.hpp>
#include <cstdint>
#include <random>

#include "feedgen/catalog/resolver.h"
#include "tests/feedgen/catalog/catalog_builder.h"

// The plan against the definition: every alternative set written out in document order, the first smallest one taken.
namespace {

using zoo::catalog::Catalog;
using zoo::catalog::Dependency;
using zoo::catalog::Machine;
using zoo::catalog::Product;
using zoo::catalog::ProductIndex;
using zoo::catalog::testing::CatalogBuilder;

using Set = std::uint32_t;  ///< A bit for each product.

class Expansion {
 public:
  Expansion(const Catalog& catalog, const Machine& machine) : catalog_(catalog), index_(catalog), machine_(machine) {}

  Set smallest(const std::string& id) {
    const auto sets = of_product(*index_.find(id));
    Set best = sets.front();
    for (const Set set : sets)
      if (size(set) < size(best)) best = set;
    count = sets.size();
    return best;
  }
  std::size_t count = 0;

 private:
  static std::size_t size(Set set) { return std::bitset<32>(set).count(); }

  bool installed(const Product& product) const {
    return std::find(machine_.installed.begin(), machine_.installed.end(), product.id.text) != machine_.installed.end();
  }

  std::vector<Set> of_product(const Product& product) {
    if (installed(product)) return {0};
    if (product.installers.empty()) return {};
    std::vector<Set> sets = of_tree(product.dependency);
    if (sets.empty()) sets.push_back(0);
    for (Set& set : sets) set |= Set{1} << index_.position(product.id.text);
    return sets;
  }

  /// No set at all: nothing is left of the tree on this machine.
  std::vector<Set> of_tree(const Dependency& tree) {
    if (tree.kind == Dependency::Kind::kProduct) return of_product(*index_.find(tree.id.text));
    if (tree.kind == Dependency::Kind::kReference) return of_tree(shared(tree.id.text));
    std::vector<Set> sets;
    for (const Dependency& child : tree.children) {
      const std::vector<Set> below = of_tree(child);
      if (below.empty()) continue;
      if (tree.kind == Dependency::Kind::kAnd && !sets.empty()) {
        sets = product_of(sets, below);
      } else {
        sets.insert(sets.end(), below.begin(), below.end());
      }
    }
    return sets;
  }

  static std::vector<Set> product_of(const std::vector<Set>& left, const std::vector<Set>& right) {
    std::vector<Set> sets;
    for (const Set a : left)
      for (const Set b : right) sets.push_back(a | b);
    return sets;
  }

  const Dependency& shared(std::string_view id) const {
    for (const auto& candidate : catalog_.dependencies)
      if (candidate.id.text == id) return candidate.value;
    FAIL("no shared tree " << id);
    return catalog_.dependencies.front().value;
  }

  const Catalog& catalog_;
  ProductIndex index_;
  const Machine& machine_;
};

class RandomCatalog {
 public:
  explicit RandomCatalog(unsigned seed) : random_(seed) {}

  CatalogBuilder make(int products) {
    CatalogBuilder builder;
    const int trees = below(3);
    for (int i = 0; i < products; ++i) {
      const std::string text = i == 0 ? tree(1, products, 3, trees) : tree(i + 1, products, below(3), trees);
      if (i > 0 && below(10) == 0) {
        builder.detected(id(i), text);
      } else {
        builder.product(id(i), text);
      }
    }
    // Shared trees name late products only, so that nothing comes back.
    for (int i = 0; i < trees; ++i) builder.shared("t" + std::to_string(i), tree(products - 4, products, 2, 0));
    return builder;
  }

  Machine machine(int products) {
    Machine machine;
    for (int i = 1; i < products; ++i)
      if (below(8) == 0) machine.installed.push_back(id(i));
    return machine;
  }

 private:
  static std::string id(int i) { return "p" + std::to_string(i); }
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  std::string tree(int first, int end, int depth, int trees) {
    if (first >= end) return "";
    if (depth == 0 || below(4) == 0) {
      if (trees > 0 && first < end - 4 && below(5) == 0) return "@t" + std::to_string(below(trees));
      return id(first + below(end - first));
    }
    std::string text = "(";
    const char* const separator = below(2) == 0 ? " & " : " | ";
    const int count = 2 + below(2);
    for (int i = 0; i < count; ++i) text += (i == 0 ? "" : separator) + tree(first, end, depth - 1, trees);
    return text + ")";
  }

  std::mt19937 random_;
};

Set products_of(const zoo::catalog::Plan& plan, const Catalog& catalog) {
  Set set = 0;
  for (const auto& step : plan.steps) set |= Set{1} << (step.product - catalog.products.data());
  return set;
}

}  // namespace

TEST_CASE("the plan is the first smallest alternative set", "[resolver]") {
  std::size_t compared = 0;
  std::size_t several = 0;
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    RandomCatalog random(seed);
    const int products = 5 + static_cast<int>(seed % 7);
    const CatalogBuilder builder = random.make(products);
    const Machine machine = random.machine(products);
    const auto plan = zoo::catalog::make_plan(builder.catalog, {"p0"}, machine);
    INFO("seed " << seed);
    REQUIRE(plan);
    if (plan->alternatives > 20000) continue;
    Expansion expansion(builder.catalog, machine);
    const Set expected = expansion.smallest("p0");
    CHECK(plan->alternatives == expansion.count);
    CHECK(products_of(*plan, builder.catalog) == expected);
    ++compared;
    if (expansion.count > 1) ++several;
  }
  CHECK(compared > 2000);
  CHECK(several > 1000);
}
