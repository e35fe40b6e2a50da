// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/applicability.h"

#include <catch2/catch.hpp>

#include "tests/feedgen/catalog/catalog_builder.h"

namespace {

using zoo::catalog::Applicability;
using zoo::catalog::Installer;
using zoo::catalog::Machine;
using zoo::catalog::Product;
using zoo::catalog::testing::CatalogBuilder;

Machine machine(unsigned major, unsigned minor, std::string arch = "x64", unsigned pack = 0) {
  Machine made;
  made.os_major = major;
  made.os_minor = minor;
  made.service_pack = pack;
  made.arch = std::move(arch);
  return made;
}

/// Id of the installer taken, or the reasons.
std::string taken(const CatalogBuilder& builder, const Machine& on) {
  const Applicability applicability(builder.catalog, on);
  const Product& product = builder.catalog.products.front();
  if (const Installer* const installer = applicability.pick(product)) return std::string(installer->id.text);
  std::string text;
  for (const std::string& reason : applicability.reasons(product)) text += (text.empty() ? "" : "; ") + reason;
  return text;
}

}  // namespace

TEST_CASE("a 64-bit machine takes no installer for x86 only", "[applicability]") {
  CatalogBuilder builder;
  builder.installer(builder.detected("A"), {"x86"});
  CHECK(taken(builder, machine(10, 0)) == "installer 1: is for x86 only");
  CHECK(taken(builder, machine(10, 0, "x86")) == "1");
  builder.installer(builder.catalog.products.front(), {"x64"});
  CHECK(taken(builder, machine(10, 0)) == "2");
  CHECK(taken(builder, machine(10, 0, "x86")) == "1");
}

TEST_CASE("an installer without architectures is for both", "[applicability]") {
  CatalogBuilder builder;
  builder.product("A");
  CHECK(taken(builder, machine(10, 0)) == "1");
  CHECK(taken(builder, machine(6, 1, "x86")) == "1");
}

TEST_CASE("OS ranges compare part by part", "[applicability]") {
  CatalogBuilder builder;
  builder.installer(builder.detected("A"), {"", "6.1.1", "6.3"});
  CHECK(taken(builder, machine(6, 0)) == "installer 1: needs Windows 6.1 SP1 to 6.3");
  CHECK(taken(builder, machine(6, 1)) != "1");
  CHECK(taken(builder, machine(6, 1, "x64", 1)) == "1");
  CHECK(taken(builder, machine(6, 3, "x64", 2)) == "1");
  CHECK(taken(builder, machine(10, 0)) != "1");
}

TEST_CASE("an absent part is no limit", "[applicability]") {
  CatalogBuilder builder;
  Installer& installer = builder.installer(builder.detected("A"), {"", "6", "6"});
  CHECK(taken(builder, machine(6, 3)) == "1");
  CHECK(taken(builder, machine(10, 0)) != "1");
  installer.os.items[0].minimum.major = {};
  CHECK(taken(builder, machine(5, 2)) == "1");
}

TEST_CASE("a part that is no number spoils the condition", "[applicability]") {
  CatalogBuilder builder;
  builder.installer(builder.detected("A"), {"", "6.1x"});
  CHECK(taken(builder, machine(10, 0)) == "installer 1: needs Windows 6.1x or later");
}

TEST_CASE("one condition of a list is enough, and types count", "[applicability]") {
  CatalogBuilder builder;
  Installer& installer = builder.installer(builder.detected("A"), {"", "6.2", "", "Client"});
  installer.os.items.push_back(builder.os("6.1", "", "ServerCore"));
  CHECK(taken(builder, machine(10, 0)) ==
        "installer 1: needs Windows 6.2 or later (Client), or Windows 6.1 or later (ServerCore)");
  installer.os.items.push_back(builder.os("", "", "Server"));
  CHECK(taken(builder, machine(10, 0)) == "1");
}

TEST_CASE("OS references resolve in the feed only", "[applicability]") {
  CatalogBuilder builder;
  Installer& installer = builder.installer(builder.detected("A"), {"", "6.2"});
  installer.os.items[0] = {};
  installer.os.items[0].reference = builder.field("Win8");
  CHECK(taken(builder, machine(10, 0)) == "installer 1: needs the undefined OS 'Win8'");
  builder.catalog.oses.push_back({builder.field("Win8"), builder.os("6.2", "", "")});
  CHECK(taken(builder, machine(10, 0)) == "1");
  CHECK(taken(builder, machine(6, 1)) == "installer 1: needs Windows 6.2 or later");

  installer.os.items.clear();
  installer.os.reference = builder.field("List");
  CHECK(taken(builder, machine(10, 0)) == "installer 1: names an OS list that the feed does not define");
  zoo::catalog::OsList list;
  list.pos = builder.pos();
  list.items.push_back(builder.os("10.0", "", ""));
  builder.catalog.os_lists.push_back({builder.field("List"), list});
  CHECK(taken(builder, machine(10, 0)) == "1");
  CHECK(taken(builder, machine(6, 3)) == "installer 1: needs Windows 10.0 or later");
}

TEST_CASE("references in a circle never match", "[applicability]") {
  CatalogBuilder builder;
  Installer& installer = builder.installer(builder.detected("A"), {"", "6.2"});
  installer.os.items[0] = {};
  installer.os.items[0].reference = builder.field("Me");
  zoo::catalog::Os again;
  again.reference = builder.field("Me");
  builder.catalog.oses.push_back({builder.field("Me"), again});
  CHECK_THAT(taken(builder, machine(10, 0)), Catch::Contains("undefined OS"));
}

TEST_CASE("the entry's installerConfiguration gives the OS list", "[applicability]") {
  CatalogBuilder builder;
  Product& product = builder.product("A");
  product.has_defaults = true;
  product.defaults.os.pos = builder.pos();
  product.defaults.os.items.push_back(builder.os("6.2", "", ""));
  CHECK(taken(builder, machine(6, 1)) == "installer 1: needs Windows 6.2 or later");
  CHECK(taken(builder, machine(6, 2)) == "1");
}

TEST_CASE("the wanted language comes before the default one and the neutral one", "[applicability]") {
  CatalogBuilder builder;
  builder.catalog.languages.push_back({builder.field("fr"), builder.field("French"), true, builder.pos()});
  Product& product = builder.detected("A");
  builder.installer(product, {});
  builder.installer(product, {"", "", "", "", "fr"});
  builder.installer(product, {"", "", "", "", "de"});
  Machine german = machine(10, 0);
  german.language = "DE";
  CHECK(taken(builder, german) == "3");
  CHECK(taken(builder, machine(10, 0)) == "2");
  german.language = "pt-br";
  CHECK(taken(builder, german) == "2");
  product.installers.erase(product.installers.begin() + 1);
  CHECK(taken(builder, german) == "1");
  product.installers.erase(product.installers.begin());
  CHECK(taken(builder, german) == "installer 3: is for language de");
}

TEST_CASE("products that nobody installs say why", "[applicability]") {
  CatalogBuilder builder;
  Product& product = builder.detected("A");
  CHECK(taken(builder, machine(10, 0)) == "has no installer: it can only be detected");
  builder.installer(product, {});
  product.external = builder.field("");
  CHECK_THAT(taken(builder, machine(10, 0)), Catch::StartsWith("is installed by hand"));
}

TEST_CASE("reasons are bounded", "[applicability]") {
  CatalogBuilder builder;
  Product& product = builder.detected("A");
  for (int i = 0; i < 100; ++i) builder.installer(product, {"x86"});
  const Machine on = machine(10, 0);
  const auto reasons = Applicability(builder.catalog, on).reasons(product);
  CHECK(reasons.size() == Applicability::kMaxReasons + 1);
  CHECK(reasons.back() == "and 92 more installers that do not fit");
}
