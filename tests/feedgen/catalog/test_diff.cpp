// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/diff.h"

#include <catch2/catch.hpp>

#include "tests/feedgen/catalog/catalog_builder.h"

namespace {

using zoo::catalog::Change;
using zoo::catalog::ChangeAction;
using zoo::catalog::diff_catalogs;
using zoo::catalog::Field;
using zoo::catalog::Installer;
using zoo::catalog::Product;
using zoo::catalog::testing::CatalogBuilder;

/// One line a change: sign, first letter of the severity, product, subject, values.
std::string lines(const CatalogBuilder& before, const CatalogBuilder& after) {
  std::string text;
  for (const Change& change : diff_catalogs(before.catalog, after.catalog).changes) {
    const char* const signs = "+-~";
    text += signs[static_cast<int>(change.action)];
    text += std::string(name(change.severity).substr(0, 1)) + " " + change.product +
            (change.product.empty() ? "" : " ") + change.subject + " [" + change.before + "|" + change.after + "]\n";
  }
  return text;
}

CatalogBuilder feed() {
  CatalogBuilder builder;
  builder.catalog.info.id = builder.field("urn:feed");
  builder.catalog.languages.push_back({builder.field("en"), builder.field("English"), true, builder.pos()});
  Product& app = builder.product("App", "Module & (Python | Ruby)");
  app.keywords.push_back(builder.field("Tools"));
  app.discovery.kind = zoo::catalog::DiscoveryHint::Kind::kFile;
  app.discovery.subject = builder.field("C:\\app.exe");
  Installer& installer = app.installers[0];
  installer.file.url = builder.field("https://example.org/1.exe");
  installer.file.sha1 = builder.field("AB");
  installer.file.size = builder.field("10");
  for (const char* const id : {"Module", "Python", "Ruby"}) builder.product(id);
  return builder;
}

Product& app_of(CatalogBuilder& builder) {
  return builder.catalog.products[0];
}

}  // namespace

TEST_CASE("a feed does not differ from itself", "[diff]") {
  CHECK(diff_catalogs(feed().catalog, feed().catalog).empty());
}

TEST_CASE("what only looks different is no difference", "[diff]") {
  CatalogBuilder after = feed();
  Product& app = app_of(after);
  app.dependency = after.tree("(MODULE) & @langs");
  after.shared("langs", "@python | Ruby");
  after.shared("python", "Python");
  app.installers[0].file.sha1 = after.field(" ab\n");
  app.title.resource = after.field("key");
  app.keywords = {after.field("TOOLS"), after.field("tools")};
  app.installers[0].architectures.pos = after.pos();
  app.installers[0].architectures.names = {after.field("x86"), after.field("x64")};
  std::swap(after.catalog.products[1], after.catalog.products[2]);
  CHECK(lines(feed(), after).empty());
}

TEST_CASE("products come and go", "[diff]") {
  CatalogBuilder after = feed();
  after.catalog.products.pop_back();
  after.product("Perl");
  CHECK(lines(feed(), after) ==
        "+u Perl product [|Title of Perl 1.0]\n"
        "-b Ruby product [Title of Ruby 1.0|]\n");
  CHECK(lines(after, feed()) ==
        "+u Ruby product [|Title of Ruby 1.0]\n"
        "-b Perl product [Title of Perl 1.0|]\n");
}

TEST_CASE("a removed product without words is still removed", "[diff]") {
  CatalogBuilder before = feed();
  Product& product = before.product("Bare");
  product.title = {};
  product.version = {};
  CHECK(lines(before, feed()) == "-b Bare product [|]\n");
}

TEST_CASE("words are cosmetic, versions are updates", "[diff]") {
  CatalogBuilder after = feed();
  Product& app = app_of(after);
  app.version = after.field("1.1");
  static_cast<Field&>(app.title) = after.field("New");
  static_cast<Field&>(app.summary) = after.field("Short");
  app.id = after.field("APP");
  CHECK(lines(feed(), after) ==
        "~u APP version [1.0|1.1]\n"
        "~c APP id [App|APP]\n"
        "~c APP title [Title of App|New]\n"
        "+c APP summary [|Short]\n");
}

TEST_CASE("dependencies and detection are told in words", "[diff]") {
  CatalogBuilder after = feed();
  Product& app = app_of(after);
  app.dependency = after.tree("Module & (Ruby | Python)");
  app.discovery.minimum_version = after.field("1.2");
  CHECK(lines(feed(), after) ==
        "~u App dependencies [Module and (Python or Ruby)|Module and (Ruby or Python)]\n"
        "~u App detection [file C:\\app.exe|file C:\\app.exe >= 1.2]\n");
  app.dependency = {};
  CHECK_THAT(lines(feed(), after), Catch::StartsWith("-u App dependencies [Module and (Python or Ruby)|]\n"));
}

TEST_CASE("a shared tree that changes changes its users", "[diff]") {
  CatalogBuilder before = feed();
  CatalogBuilder after = feed();
  app_of(before).dependency = before.tree("@web");
  app_of(after).dependency = after.tree("@web");
  before.shared("web", "Python | Ruby");
  after.shared("web", "Python & Ruby");
  CHECK(lines(before, after) == "~u App dependencies [Python or Ruby|Python and Ruby]\n");
}

TEST_CASE("trees too long to write out are compared all the same", "[diff]") {
  const auto deep = [](const std::string& leaf) {
    CatalogBuilder builder = feed();
    builder.shared("t0", "Python & " + leaf);
    for (int i = 1; i < 64; ++i) {
      const std::string one = "@t" + std::to_string(i - 1);
      builder.shared("t" + std::to_string(i), one + " & (" + one + " | Module)");
    }
    app_of(builder).dependency = builder.tree("@t63");
    return builder;
  };
  CHECK(lines(deep("Ruby"), deep("Ruby")).empty());
  CHECK_THAT(lines(deep("Ruby"), deep("Module")), Catch::StartsWith("~u App dependencies ["));
}

TEST_CASE("keywords, flags, lists and attributes", "[diff]") {
  CatalogBuilder after = feed();
  Product& app = app_of(after);
  app.keywords = {after.field("ZooPackage")};
  app.search_exclude = after.field("");
  app.related_products = {after.field("Ruby")};
  app.attributes.push_back({after.field("productFamily"), {}});
  static_cast<Field&>(app.attributes.back().value) = after.field("Applications");
  CHECK(lines(feed(), after) ==
        "+u App keyword [|ZooPackage]\n"
        "-u App keyword [Tools|]\n"
        "+u App hidden from search [|yes]\n"
        "+u App related product [|Ruby]\n"
        "+c App attribute productFamily [|Applications]\n");
}

TEST_CASE("an installer's parts", "[diff]") {
  CatalogBuilder after = feed();
  Installer& installer = app_of(after).installers[0];
  installer.file.url = after.field("https://example.org/2.exe");
  installer.file.sha1 = after.field("cd");
  installer.file.size = after.field("11");
  installer.commands[0].arguments = after.field("/quiet");
  installer.os.pos = after.pos();
  installer.os.items.push_back(after.os("6.2", "", "Server"));
  installer.eula_url = after.field("https://example.org/eula");
  CHECK(lines(feed(), after) ==
        "~u App installer 1 url [https://example.org/1.exe|https://example.org/2.exe]\n"
        "~u App installer 1 sha1 [ab|cd]\n"
        "~u App installer 1 size [10|11]\n"
        "~u App installer 1 windows [any|6.2 or later Server]\n"
        "~u App installer 1 commands [cmdline exe=%InstallerFile%|cmdline exe=%InstallerFile% arguments=/quiet]\n"
        "+u App installer 1 eula [|https://example.org/eula]\n");
}

TEST_CASE("an architecture that nobody serves any more breaks", "[diff]") {
  CatalogBuilder before = feed();
  CatalogBuilder after = feed();
  const auto limit = [](CatalogBuilder& builder, Installer& installer, const char* arch) {
    installer.architectures.pos = builder.pos();
    installer.architectures.names = {builder.field(arch)};
  };
  limit(after, app_of(after).installers[0], "x64");
  CHECK(lines(before, after) == "~b App installer 1 architectures [x86 x64|x64]\n");
  after.installer(app_of(after), {"x86"});
  CHECK(lines(before, after) ==
        "~u App installer 1 architectures [x86 x64|x64]\n"
        "+u App installer 2 [|x86]\n");
  CHECK(lines(after, before) ==
        "~u App installer 1 architectures [x64|x86 x64]\n"
        "-u App installer 2 [x86|]\n");
  CatalogBuilder without = feed();
  limit(without, app_of(without).installers[0], "x64");
  CHECK(lines(after, without) == "-b App installer 2 [x86|]\n");
}

TEST_CASE("the feed's own changes come first", "[diff]") {
  CatalogBuilder after = feed();
  after.catalog.info.id = after.field("urn:other");
  after.catalog.languages.clear();
  after.catalog.keywords.push_back({after.field("Tools"), {}});
  static_cast<Field&>(after.catalog.keywords[0].label) = after.field("The tools");
  app_of(after).version = after.field("2");
  CHECK(lines(feed(), after) ==
        "~b feed id [urn:feed|urn:other]\n"
        "-b language en [English (default)|]\n"
        "+u keyword Tools [|The tools]\n"
        "~u App version [1.0|2]\n");
}

TEST_CASE("counts by severity", "[diff]") {
  CatalogBuilder after = feed();
  after.catalog.products.pop_back();
  app_of(after).version = after.field("2");
  static_cast<Field&>(app_of(after).title) = after.field("x");
  const auto diff = diff_catalogs(feed().catalog, after.catalog);
  CHECK(diff.count(zoo::catalog::ChangeSeverity::kBreaking) == 1);
  CHECK(diff.count(zoo::catalog::ChangeSeverity::kUpdate) == 1);
  CHECK(diff.count(zoo::catalog::ChangeSeverity::kCosmetic) == 1);
}
