// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/resolver.h"

#include <catch2/catch.hpp>

#include "feedgen/catalog/beside.h"
#include "tests/feedgen/catalog/catalog_builder.h"

namespace {

using zoo::ExitCode;
using zoo::catalog::InstallKind;
using zoo::catalog::load_beside;
using zoo::catalog::Machine;
using zoo::catalog::make_plan;
using zoo::catalog::Plan;
using zoo::catalog::PlanBranch;
using zoo::catalog::Product;
using zoo::catalog::testing::CatalogBuilder;

Plan plan_of(const CatalogBuilder& builder, const std::string& id, std::vector<std::string> installed = {}) {
  Machine machine;
  machine.installed = std::move(installed);
  auto plan = make_plan(builder.catalog, {id}, machine);
  INFO((plan ? "" : plan.error().message));
  REQUIRE(plan);
  return std::move(*plan);
}

std::string order(const Plan& plan) {
  std::string text;
  for (const auto& step : plan.steps) text += (text.empty() ? "" : " ") + std::string(step.product->id.text);
  return text;
}

std::string joined(const std::vector<std::string_view>& ids) {
  std::string text;
  for (const auto id : ids) text += (text.empty() ? "" : " ") + std::string(id);
  return text;
}

zoo::Error error_of(const CatalogBuilder& builder, const std::string& id, const Machine& machine = {}) {
  const auto plan = make_plan(builder.catalog, {id}, machine);
  REQUIRE_FALSE(plan);
  return plan.error();
}

std::string number(int i) {
  return "p" + std::to_string(i);
}

}  // namespace

TEST_CASE("what a product needs comes first, in document order", "[resolver]") {
  CatalogBuilder builder;
  builder.product("App", "B & A & C");
  builder.product("A", "C");
  builder.product("B", "D");
  builder.product("C");
  builder.product("D");
  const Plan plan = plan_of(builder, "app");
  CHECK(order(plan) == "D B C A App");
  CHECK(joined(plan.steps[2].needed_by) == "A App");
  CHECK(plan.steps.back().needed_by.empty());
  CHECK(plan.alternatives == 1);
  CHECK(plan.choices.empty());
}

TEST_CASE("the smallest set wins, then the document's order", "[resolver]") {
  CatalogBuilder builder;
  builder.product("App", "(Big | Small | Other)");
  builder.product("Big", "X");
  builder.product("Small");
  builder.product("Other");
  builder.product("X");
  CHECK(order(plan_of(builder, "App")) == "Small App");
  CHECK(order(plan_of(builder, "App", {"other"})) == "App");
  CHECK(order(plan_of(builder, "App", {"X"})) == "Big App");
  CHECK(order(plan_of(builder, "App", {"Big"})) == "App");
}

TEST_CASE("one choice serves the whole plan", "[resolver]") {
  CatalogBuilder builder;
  builder.product("App", "Web & (Iis | Express)");
  builder.product("Web", "Express | Iis");
  builder.product("Iis");
  builder.product("Express");
  CHECK(order(plan_of(builder, "App")) == "Express Web App");
}

TEST_CASE("the dependencies of what is installed are not needed", "[resolver]") {
  CatalogBuilder builder;
  builder.product("App", "Python & Module");
  builder.product("Python", "Runtime");
  builder.product("Module", "Runtime | Server");
  builder.product("Runtime");
  builder.product("Server");
  const Plan plan = plan_of(builder, "App", {"PYTHON"});
  CHECK(order(plan) == "Runtime Module App");
  REQUIRE(plan.present.size() == 1);
  CHECK(plan.present[0].id == "Python");
  CHECK(joined(plan.present[0].needed_by) == "App");
}

TEST_CASE("what was asked for and is installed needs nothing", "[resolver]") {
  CatalogBuilder builder;
  builder.detected("App", "A");
  builder.product("A");
  const Plan plan = plan_of(builder, "App", {"App"});
  CHECK(plan.steps.empty());
  REQUIRE(plan.present.size() == 1);
  CHECK(plan.present[0].needed_by.empty());
}

TEST_CASE("unsupported products vanish from and, or and nests of them", "[resolver]") {
  CatalogBuilder builder;
  builder.product("App", "(Old | New) & Gone & (Gone & Old | A) & (Gone | Old)");
  builder.installer(builder.detected("Old"), {"x86"});
  builder.detected("Gone");
  builder.product("New");
  builder.product("A");
  const Plan plan = plan_of(builder, "App");
  CHECK(order(plan) == "New A App");
  REQUIRE(plan.pruned.size() == 2);
  CHECK(plan.pruned[0].id == "Old");
  CHECK(plan.pruned[0].named_by == "App");
  CHECK(plan.pruned[0].reasons == std::vector<std::string>{"installer 1: is for x86 only"});
  CHECK(plan.pruned[1].id == "Gone");
  REQUIRE(plan.choices.size() == 2);
  CHECK(plan.choices[0].branches[0].fate == PlanBranch::Fate::kPruned);
  CHECK(plan.choices[0].branches[1].fate == PlanBranch::Fate::kChosen);
}

TEST_CASE("an unsupported product that is installed counts as installed", "[resolver]") {
  CatalogBuilder builder;
  builder.product("App", "New | Old");
  builder.product("New");
  builder.detected("Old");
  CHECK(order(plan_of(builder, "App", {"Old"})) == "App");
}

TEST_CASE("shared trees are expanded in place", "[resolver]") {
  CatalogBuilder builder;
  builder.product("App", "@web & @data");
  builder.shared("web", "Iis | Express");
  builder.shared("data", "@web & Sql");
  for (const char* const id : {"Iis", "Express", "Sql"}) builder.product(id);
  const Plan plan = plan_of(builder, "App", {"Express"});
  CHECK(order(plan) == "Sql App");
  CHECK(plan.alternatives == 4);
  REQUIRE(plan.choices.size() == 1);
  CHECK(plan.choices[0].product == "App");
}

TEST_CASE("each choice says why the others lost", "[resolver]") {
  CatalogBuilder builder;
  builder.product("App", "(Python & Driver | Ruby | Perl | Old) & (Iis | Express)");
  for (const char* const id : {"Python", "Driver", "Ruby", "Perl", "Iis", "Express"}) builder.product(id);
  builder.detected("Old");
  const Plan plan = plan_of(builder, "App");
  CHECK(order(plan) == "Ruby Iis App");
  CHECK(plan.alternatives == 6);
  REQUIRE(plan.choices.size() == 2);
  const auto& branches = plan.choices[0].branches;
  REQUIRE(branches.size() == 4);
  CHECK(branches[0].text == "Python and Driver");
  CHECK(branches[0].fate == PlanBranch::Fate::kLost);
  CHECK(branches[0].missing == 4);
  CHECK(branches[1].fate == PlanBranch::Fate::kChosen);
  CHECK(branches[1].missing == 3);
  CHECK(branches[2].fate == PlanBranch::Fate::kLost);
  CHECK(branches[2].missing == 3);
  CHECK(branches[3].fate == PlanBranch::Fate::kPruned);
  CHECK_FALSE(branches[3].missing);
}

TEST_CASE("several products are planned together", "[resolver]") {
  CatalogBuilder builder;
  builder.product("One", "A | B");
  builder.product("Two", "B");
  builder.product("A");
  builder.product("B");
  const auto plan = make_plan(builder.catalog, {"One", "Two", "one"}, {});
  REQUIRE(plan);
  CHECK(order(*plan) == "B One Two");
}

TEST_CASE("the kind of an installer is told by what it holds", "[resolver]") {
  CatalogBuilder builder;
  Product& product = builder.product("A");
  auto& installer = product.installers[0];
  CHECK(plan_of(builder, "A").steps[0].kind == InstallKind::kCommand);
  installer.commands[0].kind = builder.field("MSIInstall");
  CHECK(plan_of(builder, "A").steps[0].kind == InstallKind::kMsi);
  installer.commands[0].kind = builder.field("msuInstall");
  CHECK(plan_of(builder, "A").steps[0].kind == InstallKind::kMsu);
  installer.commands[0].kind = builder.field("unzip");
  CHECK(plan_of(builder, "A").steps[0].kind == InstallKind::kArchive);
  installer.iis.pos = builder.pos();
  CHECK(plan_of(builder, "A").steps[0].kind == InstallKind::kWindowsFeature);
  installer.ms_deploy.pos = builder.pos();
  CHECK(plan_of(builder, "A").steps[0].kind == InstallKind::kApplication);
}

TEST_CASE("an unknown product comes with the nearest ids", "[resolver]") {
  CatalogBuilder builder;
  for (const char* const id : {"BlankDjangoProject", "BlankRailsProject", "Python313", "Python312"})
    builder.product(id);
  const auto error = error_of(builder, "blankdjangoprojekt");
  CHECK(error.code == ExitCode::kUsage);
  CHECK(error.message == "the feed has no product 'blankdjangoprojekt'; did you mean BlankDjangoProject?");
  CHECK_THAT(error_of(builder, "Python31").message, Catch::EndsWith("did you mean Python313 or Python312?"));
  CHECK(error_of(builder, "zzzzzz").message == "the feed has no product 'zzzzzz'");
  CHECK(make_plan(builder.catalog, {}, {}).error().code == ExitCode::kUsage);
}

TEST_CASE("what no feed defines is named once, however often it is named", "[resolver]") {
  CatalogBuilder builder;
  builder.shared("Either", "Gone | Lost");
  builder.product("A", "@Either & B");
  builder.product("B", "Gone & @Nowhere");
  CHECK(error_of(builder, "A").message ==
        "the feed does not define Gone, Lost, shared tree Nowhere (named by B); name the feed that does with --beside, "
        "or what the machine has with --installed");
}

TEST_CASE("products resolve into a feed beside, whose shared trees are its own", "[resolver]") {
  CatalogBuilder primary;
  primary.shared("Server", "IIS7");
  primary.product("IIS7");
  primary.product("IISExpress");
  primary.product("WDeploy", "@Server");
  primary.product("App");  // the feed has another one
  CatalogBuilder custom;
  custom.shared("Server", "IISExpress");
  custom.product("App", "WDeploy & @Server");
  CatalogBuilder all;
  all.catalog = load_beside(custom.catalog, {&primary.catalog});
  CHECK(order(plan_of(all, "App")) == "IIS7 WDeploy IISExpress App");

  // A feed cannot refer to the shared trees of another one.
  CatalogBuilder wrong;
  wrong.product("App", "@Server");
  all.catalog = load_beside(wrong.catalog, {&primary.catalog});
  CHECK_THAT(error_of(all, "App").message, Catch::StartsWith("the feed does not define shared tree Server"));
}

TEST_CASE("a feed beside keeps its own lists of Windows versions", "[resolver]") {
  CatalogBuilder primary;
  Product& tool = primary.detected("Tool");
  primary.installer(tool, {}).os.reference = primary.field("Old");
  tool.installers[0].os.pos = primary.pos();
  zoo::catalog::OsList old;
  old.pos = primary.pos();
  old.items.push_back(primary.os("", "6.1", ""));
  primary.catalog.os_lists.push_back({primary.field("Old"), old});
  CatalogBuilder custom;
  zoo::catalog::OsList other = old;
  other.items[0] = custom.os("10.0", "", "");
  custom.catalog.os_lists.push_back({custom.field("Old"), other});
  custom.product("App", "Tool");
  CatalogBuilder all;
  all.catalog = load_beside(custom.catalog, {&primary.catalog});
  CHECK_THAT(error_of(all, "Tool").message, Catch::Contains("needs Windows 6.1 or earlier"));
}

TEST_CASE("a product that cannot be installed says why for each installer", "[resolver]") {
  CatalogBuilder builder;
  Product& product = builder.detected("A");
  builder.installer(product, {"x86"});
  builder.installer(product, {"", "10.1"});
  builder.detected("B");
  const auto error = error_of(builder, "A");
  CHECK(error.code == ExitCode::kFindings);
  CHECK(error.message ==
        "A cannot be installed on Windows 10.0 Server, x64: installer 1: is for x86 only; "
        "installer 2: needs Windows 10.1 or later");
  CHECK_THAT(error_of(builder, "B").message, Catch::EndsWith("has no installer: it can only be detected"));
}

TEST_CASE("a cycle is an error with its path", "[resolver]") {
  CatalogBuilder builder;
  builder.product("App", "A | B");
  builder.product("A", "C");
  builder.product("B");
  builder.product("C", "A");
  const auto error = error_of(builder, "App");
  CHECK(error.code == ExitCode::kFindings);
  CHECK_THAT(error.message, Catch::Contains("A -> C -> A"));
  CHECK(order(plan_of(builder, "B")) == "B");
}

TEST_CASE("ids that nobody defines must be named as installed", "[resolver]") {
  CatalogBuilder builder;
  builder.product("App", "IIS7 & @Missing");
  const auto error = error_of(builder, "App");
  CHECK(error.code == ExitCode::kFindings);
  CHECK_THAT(error.message, Catch::Contains("IIS7 (named by App), shared tree Missing (named by App)"));
  builder.catalog.products[0].dependency = builder.tree("IIS7 & (IIS7 | X)");
  builder.product("X");
  const Plan plan = plan_of(builder, "App", {"iis7", "Xx"});
  CHECK(order(plan) == "App");
  REQUIRE_FALSE(plan.present.empty());
  CHECK(plan.present[0].id == "IIS7");
  CHECK(plan.notes == std::vector<std::string>{"installed product 'Xx' is not in the feed; did you mean X?"});
}

TEST_CASE("a chain of 100,000 products is planned", "[resolver]") {
  constexpr int kCount = 100000;
  CatalogBuilder builder;
  for (int i = 0; i < kCount; ++i) builder.product(number(i), i + 1 < kCount ? number(i + 1) : "");
  const Plan plan = plan_of(builder, "p0");
  REQUIRE(plan.steps.size() == kCount);
  CHECK(plan.steps.front().product->id.text == number(kCount - 1));
}

TEST_CASE("a chain of 50,000 nested choices is planned", "[resolver]") {
  constexpr int kCount = 50000;
  CatalogBuilder builder;
  for (int i = 0; i < kCount; ++i) {
    builder.product(number(i), i + 1 < kCount ? number(i + 1) + " | q" + std::to_string(i) : "");
    builder.product("q" + std::to_string(i), number(kCount));
  }
  builder.product(number(kCount));
  CHECK(plan_of(builder, "p0").steps.size() == 3);
}

TEST_CASE("a million branches are weighed in one pass", "[resolver]") {
  constexpr int kCount = 1000000;
  CatalogBuilder builder;
  builder.product("App");
  auto& tree = builder.catalog.products[0].dependency;
  tree.kind = zoo::catalog::Dependency::Kind::kOr;
  tree.children.reserve(kCount);
  for (int i = 0; i < kCount; ++i) tree.children.push_back(builder.tree("Big"));
  tree.children.push_back(builder.tree("Small"));
  builder.product("Big", "Small");
  builder.product("Small");
  const Plan plan = plan_of(builder, "App");
  CHECK(order(plan) == "Small App");
  CHECK(plan.alternatives == kCount + 1);
  REQUIRE(plan.choices.size() == 1);
  CHECK(plan.choices[0].branches.size() == zoo::catalog::PlanChoice::kMaxBranches + 1);
  CHECK(plan.choices[0].left_out == kCount - zoo::catalog::PlanChoice::kMaxBranches);
}

TEST_CASE("2^1000 alternatives that share nothing are no search", "[resolver]") {
  CatalogBuilder builder;
  std::string tree;
  for (int i = 0; i < 1000; ++i) {
    tree += (i == 0 ? "(" : " & (") + ("a" + std::to_string(i)) + " | b" + std::to_string(i) + ")";
    builder.product("a" + std::to_string(i), i % 2 == 0 ? "" : "x" + std::to_string(i));
    builder.product("b" + std::to_string(i));
    builder.product("x" + std::to_string(i));
  }
  builder.product("App", tree);
  const Plan plan = plan_of(builder, "App");
  CHECK(plan.steps.size() == 1001);
  CHECK(plan.alternatives == Plan::kManyAlternatives);
}

TEST_CASE("the same choice written down 20,000 times is one choice", "[resolver]") {
  CatalogBuilder builder;
  std::string tree;
  for (int i = 0; i < 20000; ++i) {
    tree += (i == 0 ? "" : " & ") + number(i);
    builder.product(number(i), "Iis | Express");
  }
  builder.product("App", tree);
  builder.product("Iis");
  builder.product("Express");
  CHECK(plan_of(builder, "App").steps.size() == 20002);
  CHECK(plan_of(builder, "App", {"Express"}).steps.size() == 20001);
  CHECK(plan_of(builder, "App", {"Express"}).choices.size() == 1);
}

TEST_CASE("choices that share a server are solved together", "[resolver]") {
  CatalogBuilder builder;
  std::string tree;
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    tree += (i == 0 ? "(" : " & (") + ("a" + n) + " | b" + n + ")";
    builder.product("a" + n, i % 3 == 0 ? "Express" : "Iis");
    builder.product("b" + n, i % 3 == 0 ? "Iis" : "Express & c" + n);
    builder.product("c" + n);
  }
  builder.product("App", tree);
  builder.product("Iis");
  builder.product("Express");
  const Plan plan = plan_of(builder, "App");
  CHECK(plan.steps.size() == 302);
  CHECK(order(plan).find("Express") == std::string::npos);
}

TEST_CASE("a search beyond the limit is an error with the number of alternatives", "[resolver]") {
  // A covering problem: every clause wants one of three of 200 products, at random but repeatable places.
  CatalogBuilder builder;
  unsigned state = 1;
  const auto any = [&] { return "v" + std::to_string((state = state * 1103515245U + 12345U) / 65536U % 200U); };
  std::string tree = "(v0 | v1)";
  for (int i = 0; i < 400; ++i) tree += " & (" + any() + " | " + any() + " | " + any() + ")";
  builder.product("App", tree);
  for (int i = 0; i < 200; ++i) builder.product("v" + std::to_string(i));
  zoo::catalog::PlanOptions options;
  options.work_limit = 200000;
  const auto plan = make_plan(builder.catalog, {"App"}, {}, options);
  REQUIRE_FALSE(plan);
  CHECK(plan.error().code == ExitCode::kFindings);
  CHECK_THAT(plan.error().message, Catch::Contains("tree of App has more than 10^18 alternative sets"));
}
