// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "feedgen/catalog/manifest_reader.h"
#include "packager/bundle/bundle.h"
#include "packager/bundle/closure.h"
#include "packager/bundle/content.h"
#include "packager/bundle/install_script.h"
#include "packager/bundle/settings.h"
#include "packager/bundle/verify.h"
#include "packager/package/package.h"
#include "tests/packager/text_package.h"

using namespace zoo;
using namespace zoo::bundle;
namespace fs = std::filesystem;

namespace {

struct World {
  World() {
    auto read = catalog::read_manifests(std::string(ZOO_SOURCE_DIR) + "/manifests", sources, diagnostics);
    REQUIRE(read);
    manifests = std::move(*read);
  }
  const catalog::Product& product(const char* id) const {
    const catalog::ProductIndex index(manifests);
    const catalog::Product* found = index.find(id);
    REQUIRE(found != nullptr);
    return *found;
  }
  SourceSet sources;
  Diagnostics diagnostics;
  catalog::Catalog manifests;
};

BundleOptions options(const std::string& dist, bool without_module) {
  return {std::string(ZOO_SOURCE_DIR) + "/manifests", dist, without_module, {}};
}

const char* const kProjects[] = {"BlankDjangoProject", "BlankRailsProject", "BlankPerlProject",
                                 "BlankMojoliciousProject"};

}  // namespace

TEST_CASE("the applications' .gitignore tells what is theirs", "[content]") {
  const IgnoreList list("__pycache__/\n*.pyc\n# no\n/tmp/\n/log/*\n!/log/README.md\n");
  CHECK(list.ignores("a/__pycache__", true));
  CHECK_FALSE(list.ignores("a/__pycache__", false));
  CHECK(list.ignores("a/b.pyc", false));
  CHECK(list.ignores("tmp", true));
  CHECK_FALSE(list.ignores("a/tmp", true));
  CHECK(list.ignores("log/x", false));
  CHECK_FALSE(list.ignores("log/README.md", false));
  CHECK_FALSE(list.ignores("log", true));
  CHECK(list.filled() == std::vector<std::string>{"log"});
}

TEST_CASE("links in an application's folder are refused with their names", "[content]") {
  const fs::path folder = fs::temp_directory_path() / "zoo-test-content";
  fs::remove_all(folder);
  fs::create_directories(folder / "sub");
  std::ofstream(folder / "sub" / "file") << "x";
  fs::create_symlink("file", folder / "sub" / "link");
  Diagnostics diagnostics;
  const auto content = collect_content(folder.string(), "app", diagnostics);
  REQUIRE(content);
  CHECK(diagnostics.has("ZP0113"));
  CHECK_THAT(diagnostics.items().front().message, Catch::Contains("sub/link"));
  CHECK(content->items.size() == 2);
  fs::remove_all(folder);
}

TEST_CASE("engines by keyword", "[settings]") {
  CHECK(engine_of_keyword("ZooEnginepython313") == "python.3.13");
  CHECK(engine_of_keyword("ZooEngineruby34") == "ruby.3.4");
  CHECK(engine_of_keyword("ZooEngineperl540") == "perl.5.40");
  CHECK(engine_of_keyword("ZooEngineperlmojo") == "perl.mojo");
  CHECK(engine_of_keyword("Tools").empty());
}

TEST_CASE("every project makes a package without findings", "[bundle]") {
  const World world;
  for (const char* id : kProjects) {
    INFO(id);
    Diagnostics diagnostics;
    auto made = make_bundle(world.manifests, {}, world.product(id), options("none", true), diagnostics);
    REQUIRE(made);
    REQUIRE(*made);
    CHECK_FALSE(diagnostics.has_errors());
    const auto bytes = package::make_zip((*made)->items, {});
    REQUIRE(bytes);
    SourceSet sources;
    Diagnostics found;
    const auto package = package::read_package("x.zip", std::make_shared<MemorySource>(*bytes), sources, found);
    REQUIRE(package);
    package::lint(*package, found);
    package::check_contents(*package, found);
    for (const Diagnostic& d : found.items()) {
      INFO(to_text(d, sources, false));
      CHECK(d.severity == Severity::kNote);
    }
    REQUIRE(package->parameters);
    CHECK(package->parameters->find("Database Engine") != nullptr);
    CHECK(package->parameters->find("Secret Key") != nullptr);
    CHECK(package->parameters->find("Write access to log") != nullptr);
    Diagnostics verified;
    verify_bundle(*package, {}, sources, verified);
    CHECK(verified.has("ZP0504"));  // the module was left out
    CHECK_FALSE(verified.has("ZP0501"));
    CHECK_FALSE(verified.has("ZP0502"));
    CHECK_FALSE(verified.has("ZP0503"));
  }
}

TEST_CASE("missing module files are named, each", "[bundle]") {
  const World world;
  Diagnostics diagnostics;
  const auto made =
      make_bundle(world.manifests, {}, world.product("BlankPerlProject"), options("/none", false), diagnostics);
  REQUIRE(made);
  CHECK_FALSE(*made);
  std::string all;
  for (const Diagnostic& d : diagnostics.items()) all += d.message + "\n";
  CHECK(diagnostics.errors() == 2);
  CHECK_THAT(all, Catch::Contains("/none/installers/HeliconZoo-") && Catch::Contains("-x64.msi is missing") &&
                      Catch::Contains("-x86.msi is missing"));
}

TEST_CASE("changed bytes under zoo/ are found", "[bundle]") {
  const World world;
  Diagnostics diagnostics;
  auto made = make_bundle(world.manifests, {}, world.product("BlankPerlProject"), options("none", true), diagnostics);
  REQUIRE(made);
  for (package::ZipItem& item : (*made)->items) {
    if (item.name == "zoo/README.txt") item = package::bytes_item(item.name, *item.bytes + "x");
  }
  (*made)->items.push_back(package::bytes_item("zoo/stray", "x"));
  std::erase_if((*made)->items, [](const auto& i) { return i.name == "zoo/steps.json"; });
  const auto bytes = package::make_zip((*made)->items, {});
  SourceSet sources;
  Diagnostics found;
  const auto package = package::read_package("x.zip", std::make_shared<MemorySource>(*bytes), sources, found);
  verify_bundle(*package, {}, sources, found);
  CHECK(found.has("ZP0501"));
  CHECK(found.has("ZP0502"));
  CHECK(found.has("ZP0507"));
}

TEST_CASE("the closure holds every alternative and what that needs", "[closure]") {
  const World world;
  const auto closure = closure_of(world.manifests, world.product("BlankDjangoProject"));
  for (const char* id : {"HeliconZooModule", "Python311", "Python313", "mysqlclient_Python312", "WDeploy", "IIS7"}) {
    INFO(id);
    CHECK(std::find(closure.begin(), closure.end(), id) != closure.end());
  }
  CHECK(std::find(closure.begin(), closure.end(), "BlankDjangoProject") == closure.end());
  CHECK(std::find(closure.begin(), closure.end(), "Ruby34") == closure.end());
  const std::string steps = install_steps(world.manifests, world.product("BlankDjangoProject"));
  CHECK_THAT(steps, Catch::Contains("\"HeliconZooModule\"") && Catch::Contains("\"Python313\""));
  CHECK(steps.find("\"BlankDjangoProject\"") == steps.rfind("\"BlankDjangoProject\""));
}

TEST_CASE("a setting that the files do not have is reported", "[settings]") {
  const World world;
  Diagnostics diagnostics;
  make_setup(world.product("BlankDjangoProject"), {"app", "\nengine = sqlite\n", "<configuration/>", {}}, diagnostics);
  CHECK(diagnostics.has("ZP0602"));
}

TEST_CASE("scripts have the line ends of Windows", "[install]") {
  for (const std::string& text : {install_cmd(), install_ps1()}) {
    CHECK(text.find("\r\n") != std::string::npos);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') REQUIRE(text[i - 1] == '\r');
      REQUIRE(static_cast<unsigned char>(text[i]) < 0x80);
    }
  }
}
