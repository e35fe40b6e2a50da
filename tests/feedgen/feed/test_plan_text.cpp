// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/plan_text.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/feedgen/catalog/catalog_builder.h"

namespace {

using zoo::catalog::Installer;
using zoo::catalog::Machine;
using zoo::catalog::Plan;
using zoo::catalog::testing::CatalogBuilder;

CatalogBuilder project() {
  CatalogBuilder builder;
  builder.product("App", "Module & (Python & Driver | Ruby | Perl | Old) & Windows");
  builder.catalog.products[0].installers[0].ms_deploy.pos = builder.pos();
  builder.catalog.products[0].installers[0].file.artifact = builder.field("packages/App-1.0.zip");
  Installer& module = builder.product("Module", "Iis").installers[0];
  module.file.url = builder.field("https://example.org/module.msi");
  module.file.size = builder.field("2048");
  module.commands[0].kind = builder.field("msiInstall");
  for (const char* const id : {"Python", "Driver", "Ruby", "Perl", "Windows"}) builder.product(id);
  Installer& iis = builder.product("Iis").installers[0];
  iis.iis.pos = builder.pos();
  iis.iis.iis70 = builder.field("IIS-WebServer");
  builder.installer(builder.detected("Old"), {"x86"});
  return builder;
}

Plan plan_of(const CatalogBuilder& builder, std::vector<std::string> installed) {
  Machine machine;
  machine.installed = std::move(installed);
  auto plan = zoo::catalog::make_plan(builder.catalog, {"App"}, machine);
  REQUIRE(plan);
  return std::move(*plan);
}

}  // namespace

TEST_CASE("a plan in words", "[plan_text]") {
  const CatalogBuilder builder = project();
  CHECK(zoo::feed::plan_text(plan_of(builder, {"Windows", "Elsewhere"})) ==
        R"(Plan for App on Windows 10.0 Server, x64

Install 4 products, 2.1 MB to download and 1 file of unknown size:
   1. Iis 1.0  Title of Iis
      Windows feature IIS-WebServer, installer 1
      for Module
   2. Module 1.0  Title of Module
      MSI, installer 1
      https://example.org/module.msi (2.1 MB)
      for App
   3. Ruby 1.0  Title of Ruby
      command, installer 1
      for App
   4. App 1.0  Title of App
      Web Deploy application, installer 1
      packages/App-1.0.zip
      asked for

Installed already:
  Windows (for App)

Choices (3 alternative sets; * is taken):
  App needs one of
      - Python and Driver: 5 products to install instead of 4
      * Ruby
      - Perl: 4 products to install as well, but it comes later
      - Old: not for this machine

Not for this machine:
  Old (named by App)
      installer 1: is for x86 only

Note: installed product 'Elsewhere' is not in the feed
)");
}

TEST_CASE("nothing to install", "[plan_text]") {
  const CatalogBuilder builder = project();
  CHECK(zoo::feed::plan_text(plan_of(builder, {"App"})) ==
        "Plan for App on Windows 10.0 Server, x64\n\nNothing to install.\n\nInstalled already:\n  App (asked for)\n");
}

TEST_CASE("a plan as JSON", "[plan_text]") {
  const CatalogBuilder builder = project();
  const auto json = nlohmann::json::parse(zoo::feed::plan_json(plan_of(builder, {"Windows"})));
  CHECK(json["schema"] == 1);
  CHECK(json["machine"]["os"] == "10.0");
  CHECK(json["requested"] == nlohmann::json::array({"App"}));
  REQUIRE(json["steps"].size() == 4);
  CHECK(json["steps"][0]["feature"] == "IIS-WebServer");
  CHECK(json["steps"][1]["size"] == 2097152);
  CHECK(json["steps"][1]["kind"] == "MSI");
  CHECK(json["steps"][1]["neededBy"] == nlohmann::json::array({"App"}));
  CHECK(json["steps"][3]["source"] == "packages/App-1.0.zip");
  CHECK(json["installed"][0]["id"] == "Windows");
  CHECK(json["alternatives"] == 3);
  CHECK(json["choices"][0]["branches"][0]["missing"] == 5);
  CHECK(json["choices"][0]["branches"][1]["fate"] == "chosen");
  CHECK(json["pruned"][0]["reasons"][0] == "installer 1: is for x86 only");
}

TEST_CASE("control characters and broken UTF-8 do no harm", "[plan_text]") {
  CatalogBuilder builder = project();
  auto& title = builder.catalog.products[0].title;
  static_cast<zoo::catalog::Field&>(title) = builder.field(
      "a\x1b[31mb\nc\xC2\x9B"
      "d\xFF");
  const Plan plan = plan_of(builder, {});
  CHECK_THAT(zoo::feed::plan_text(plan), Catch::Contains("App 1.0  a?[31mb c?d"));
  CHECK(nlohmann::json::parse(zoo::feed::plan_json(plan))["steps"].size() == 5);
}
