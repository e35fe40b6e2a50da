// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "packager/package/package.h"
#include "packager/package/rules.h"
#include "tests/packager/text_package.h"

using namespace zoo;
using namespace zoo::package;
using namespace zoo::package::test;
namespace fs = std::filesystem;

namespace {

struct Linted {
  SourceSet sources;
  Diagnostics diagnostics;
  std::string bytes;
  std::unique_ptr<Package> package;

  std::string text() const {
    std::string out;
    for (const Diagnostic& d : diagnostics.items()) out += to_text(d, sources, false);
    return out;
  }
};

std::unique_ptr<Linted> lint_bytes(std::string bytes) {
  auto out = std::make_unique<Linted>();
  out->bytes = std::move(bytes);
  out->package = read_package("test.zip", std::make_shared<MemorySource>(out->bytes), out->sources, out->diagnostics);
  if (out->package) {
    lint(*out->package, out->diagnostics);
    check_contents(*out->package, out->diagnostics);
  }
  out->diagnostics.sort();
  return out;
}

std::vector<std::string> fixture_names() {
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(fixtures())) {
    const std::string name = file.path().filename().string();
    if (name.substr(0, 2) == "zp") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string code_of(const std::string& fixture) {
  return "ZP" + fixture.substr(2, 4);
}

}  // namespace

TEST_CASE("the base package is clean", "[lint]") {
  const auto linted = lint_bytes(container(text_package()));
  INFO(linted->text());
  CHECK(linted->diagnostics.items().empty());
}

TEST_CASE("every rule finds its bad package and passes its good one", "[lint]") {
  for (const std::string& fixture : fixture_names()) {
    INFO(fixture);
    const auto bad = lint_bytes(container(text_package(fixture, "bad")));
    {
      INFO("bad:\n" << bad->text());
      CHECK(bad->diagnostics.has(code_of(fixture)));
    }
    const auto good = lint_bytes(container(text_package(fixture, "good")));
    INFO("good:\n" << good->text());
    CHECK_FALSE(good->diagnostics.has(code_of(fixture)));
    CHECK_FALSE(good->diagnostics.has_errors());
  }
}

TEST_CASE("every rule about parts has a fixture", "[lint]") {
  std::set<std::string> codes;
  for (const std::string& fixture : fixture_names()) codes.insert(code_of(fixture));
  for (const RuleInfo& rule : all_rules()) {
    const std::string_view chapter = rule.id.substr(0, 4);
    if (chapter != "ZP02" && chapter != "ZP03" && chapter != "ZP04") continue;
    INFO(rule.id);
    CHECK(codes.count(std::string(rule.id)) == 1);
  }
}

TEST_CASE("rules are in the order of their ids, each once", "[lint]") {
  std::string last;
  for (const RuleInfo& rule : all_rules()) {
    CHECK(std::string(rule.id) > last);
    last = rule.id;
  }
}

TEST_CASE("docs/package-rules.md is the table", "[lint]") {
  const std::string path = std::string(ZOO_SOURCE_DIR) + "/docs/package-rules.md";
  if (std::getenv("ZOO_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << rules_markdown();
  CHECK(whole(path) == rules_markdown());
}

TEST_CASE("findings in parts have a place", "[lint]") {
  const auto bad = lint_bytes(container(text_package("zp0301.txt", "bad")));
  CHECK_THAT(bad->text(), Catch::Contains("test.zip/manifest.xml:5:4: error ZP0301"));
}

TEST_CASE("a package of the real tool is read", "[lint][msdeploy]") {
  const auto linted = lint_bytes(whole(fixtures() + "msdeploy/wpp.zip"));
  REQUIRE(linted->package);
  INFO(linted->text());
  const Package& package = *linted->package;
  CHECK(package.flavour == Flavour::kArchive);
  REQUIRE(package.manifest.providers.size() == 7);
  CHECK(package.manifest.providers[0].path == "C:\\tmp\\src\\site");
  CHECK(package.manifest.resolvers.size() == 3);
  REQUIRE(package.parameters);
  CHECK(package.parameters->items.size() == 2);
  bool config = false, script = false, command = false;
  for (const StagedFile& f : package.staged) {
    config = config || f.source == "C:\\tmp\\src\\site\\web.config";
    script = script || f.source == "C:\\tmp\\src\\install.sql";
    command = command || f.provider->is("runCommand");
  }
  CHECK(config);
  CHECK(script);
  CHECK(command);
  // The tool writes UTF-8 names without saying so, a root of its own for the build machine, and a command's stream
  // under the command's path, which is no name for a file.
  CHECK(linted->diagnostics.has("ZP0112"));
  CHECK_FALSE(linted->diagnostics.has("ZP0313"));
  CHECK_FALSE(linted->diagnostics.has("ZP0119"));
  CHECK_FALSE(linted->diagnostics.has("ZP0114"));
  CHECK_FALSE(linted->diagnostics.has("ZP0413"));
}

TEST_CASE("manifests and parameters are written as they are read", "[lint]") {
  const auto linted = lint_bytes(container(text_package()));
  SourceSet sources;
  Diagnostics diagnostics;
  const std::string parameters = write_parameters(*linted->package->parameters);
  auto document = XmlDocument::parse("p", parameters, sources, diagnostics);
  REQUIRE(document);
  CHECK(write_parameters(read_parameters(*document, diagnostics)) == parameters);
  const std::string manifest = write_manifest(linted->package->manifest.providers);
  document = XmlDocument::parse("m", manifest, sources, diagnostics);
  REQUIRE(document);
  CHECK(write_manifest(read_manifest(*document, Flavour::kGallery).providers) == manifest);
  CHECK(diagnostics.items().empty());
}
