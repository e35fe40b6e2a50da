// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>

#include "packager/deploy/deploy.h"
#include "packager/deploy/target_folder.h"
#include "packager/deploy/trial.h"
#include "tests/packager/text_package.h"

using namespace zoo;
using namespace zoo::deploy;
using namespace zoo::package::test;
namespace fs = std::filesystem;

namespace {

/// A folder that goes with the test; `inside` is what is deployed to.
struct Place {
  Place() {
    std::string name = (fs::temp_directory_path() / "zoo-deploy-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root = name;
    inside = root / "site";
  }
  ~Place() { fs::remove_all(root); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  std::string text(const std::string& name) const { return whole((inside / name).string()); }
  void put(const fs::path& path, const std::string& content) const {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
  }
  fs::path root, inside;
};

struct Done {
  SourceSet sources;
  Diagnostics diagnostics;
  std::optional<Report> report;
  std::optional<Error> error;
};

std::unique_ptr<Done> run(const std::string& bytes, DeployOptions options) {
  auto out = std::make_unique<Done>();
  const auto package =
      package::read_package("test.zip", std::make_shared<MemorySource>(bytes), out->sources, out->diagnostics);
  REQUIRE(package);
  auto result = deploy::deploy(*package, options, out->diagnostics);
  if (result) {
    out->report = std::move(*result);
  } else {
    out->error = result.error();
  }
  return out;
}

const std::string kParameters = R"(<parameters>
  <parameter name="App" defaultValue="Default Web Site/app" tags="IisApp">
    <parameterEntry kind="ProviderPath" scope="^iisApp$" match="^app$" />
  </parameter>
  <parameter name="Log" defaultValue="{App}/log" tags="Hidden">
    <parameterEntry kind="ProviderPath" scope="^setAcl$" match="^app/log$" />
  </parameter>
  <parameter name="Key" defaultValue="$1 {name}">
    <parameterEntry kind="TextFile" scope="^app\\settings\.ini$" match="(?&lt;=\nkey =)[^\r\n]*" />
    <parameterValidation kind="AllowEmpty,RegularExpression" validationString="^[^\r\n]*$" />
  </parameter>
  <parameter name="Value" defaultValue="&lt;&amp;&quot;">
    <parameterEntry kind="XmlFile" scope="^app\\web\.config$" match="//appSettings/add/@value" />
  </parameter>
</parameters>
)";

std::string sample() {
  Files files = text_package();
  files["parameters.xml"] = kParameters;
  files["app/empty/"] = "";
  files["zoo/readme.txt"] = "not part of the site";
  return container(files);
}

}  // namespace

TEST_CASE("a package is applied with its parameters", "[deploy]") {
  const Place place;
  const auto done = run(sample(), {place.inside.string(), {}, false, false, nullptr});
  REQUIRE(done->report);
  CHECK(done->report->added == 3);
  CHECK(place.text("settings.ini") == "[site]\nkey =$1 {name}\n");
  CHECK_THAT(place.text("web.config"), Catch::Contains("value=\"&lt;&amp;&quot;\""));
  CHECK(fs::is_directory(place.inside / "empty"));
  CHECK_FALSE(fs::exists(place.inside / "zoo"));
  CHECK_FALSE(fs::exists(place.inside / "manifest.xml"));
  REQUIRE(done->report->steps.size() == 2);
  CHECK(done->report->steps[0].path == "Default Web Site/app");
  CHECK(done->report->steps[1].path == "Default Web Site/app/log");
  CHECK(done->report->steps[1].destination == "log");
  CHECK(done->report->steps[1].detail == "Modify for the application pool");
}

TEST_CASE("parameters are set, put into each other and checked", "[deploy]") {
  const Place place;
  SECTION("set") {
    const auto done =
        run(sample(), {place.inside.string(), {{"key", "{APP} x"}, {"App", "Shop"}}, false, false, nullptr});
    REQUIRE(done->report);
    CHECK(place.text("settings.ini") == "[site]\nkey =Shop x\n");
    CHECK(done->report->steps[1].path == "Shop/log");
  }
  SECTION("unknown") {
    const auto done = run(sample(), {place.inside.string(), {{"Kee", "x"}}, false, false, nullptr});
    CHECK(done->diagnostics.has("ZP0701"));
  }
  SECTION("refused by its validation") {
    const auto done = run(sample(), {place.inside.string(), {{"Key", "a\nb"}}, false, false, nullptr});
    CHECK(done->diagnostics.has("ZP0703"));
  }
  SECTION("without a value") {
    Files files = text_package();
    files["parameters.xml"] = "<parameters><parameter name=\"A\"/></parameters>";
    const auto done = run(container(files), {place.inside.string(), {}, false, false, nullptr});
    CHECK(done->diagnostics.has("ZP0702"));
  }
  SECTION("in a circle") {
    const auto done = run(sample(), {place.inside.string(), {{"App", "{Log}"}}, false, false, nullptr});
    CHECK(done->diagnostics.has("ZP0410"));
  }
  if (!fs::exists(place.inside / "settings.ini")) CHECK_FALSE(fs::exists(place.inside));
}

TEST_CASE("deploying again updates, deletes, or keeps", "[deploy]") {
  const Place place;
  const DeployOptions options{place.inside.string(), {}, false, false, nullptr};
  run(sample(), options);
  auto again = run(sample(), options);
  CHECK(again->report->unchanged == 3);
  CHECK(again->report->updated == 0);
  place.put(place.inside / "data" / "db", "precious");
  place.put(place.inside / "settings.ini", "[site]\nkey = changed\n");
  DeployOptions keep = options;
  keep.do_not_delete = true;
  again = run(sample(), keep);
  CHECK(again->report->updated == 1);
  CHECK(again->report->deleted == 0);
  CHECK(place.text("data/db") == "precious");
  again = run(sample(), options);
  CHECK(again->report->deleted == 1);
  CHECK_FALSE(fs::exists(place.inside / "data"));
}

TEST_CASE("a dry run writes nothing", "[deploy]") {
  const Place place;
  const auto done = run(sample(), {place.inside.string(), {}, false, true, nullptr});
  REQUIRE(done->report);
  CHECK(done->report->steps.size() == 2);
  CHECK_FALSE(fs::exists(place.inside));
}

TEST_CASE("nothing outside of the folder is touched", "[deploy][hostile]") {
  const Place place;
  place.put(place.root / "outside" / "kept", "kept");
  SECTION("names in the package") {
    Files files = text_package();
    files["app/../../outside/kept"] = "evil";
    files["app/a/../../../outside/new"] = "evil";
    const auto done = run(container(files), {place.inside.string(), {}, false, false, nullptr});
    CHECK(done->diagnostics.has("ZP0106"));
  }
  SECTION("a link in the folder in the place of a folder") {
    fs::create_directories(place.inside);
    fs::create_symlink(place.root / "outside", place.inside / "log");
    const auto done = run(sample(), {place.inside.string(), {}, false, false, nullptr});
    REQUIRE(done->report);
    CHECK_FALSE(fs::is_symlink(place.inside / "log"));
    CHECK(fs::exists(place.inside / "log" / "README.md"));
  }
  SECTION("a link in the place of a file") {
    fs::create_directories(place.inside);
    fs::create_symlink(place.root / "outside" / "kept", place.inside / "settings.ini");
    run(sample(), {place.inside.string(), {}, true, false, nullptr});
    CHECK_FALSE(fs::is_symlink(place.inside / "settings.ini"));
  }
  SECTION("a link that is to be deleted") {
    fs::create_directories(place.inside);
    fs::create_symlink(place.root / "outside", place.inside / "stray");
    run(sample(), {place.inside.string(), {}, false, false, nullptr});
    CHECK_FALSE(fs::exists(place.inside / "stray"));
  }
  SECTION("a second application beside the first") {
    Files files = text_package();
    files["manifest.xml"] = "<a><iisApp path=\"app\"/><iisApp path=\"two\"/></a>";
    files["two/x"] = "x";
    const auto done = run(container(files), {place.inside.string(), {}, false, false, nullptr});
    CHECK(done->diagnostics.has("ZP0704"));
    CHECK_FALSE(fs::exists(place.inside));
  }
  CHECK(whole((place.root / "outside" / "kept").string()) == "kept");
  CHECK(std::distance(fs::directory_iterator(place.root / "outside"), {}) == 1);
}

TEST_CASE("a package of the real tool is applied", "[deploy][msdeploy]") {
  const Place place;
  const auto done =
      run(whole(fixtures() + "msdeploy/wpp.zip"), {place.inside.string(), {{"G", "Servus"}}, false, false, nullptr});
  REQUIRE(done->report);
  CHECK_THAT(place.text("web.config"), Catch::Contains("Servus"));
  CHECK(fs::exists(place.inside / "bin" / "a.dll"));
  CHECK(fs::is_directory(place.inside / "empty"));
}

TEST_CASE("the target folder refuses names that lead elsewhere", "[deploy][hostile]") {
  const Place place;
  auto target = TargetFolder::open(place.inside.string());
  REQUIRE(target);
  for (const char* name : {"..", "../x", "a/../../x", "/etc/x", "a//b", "./a", ""}) {
    INFO(name);
    CHECK_FALSE(target->put(name, "x", 0));
    CHECK_FALSE(target->make_folder(name));
  }
  CHECK(fs::is_empty(place.inside));
}

TEST_CASE("the telling line of a log", "[trial]") {
  CHECK(first_error_in(
            "a\nTraceback (most recent call last):\n  File x\nModuleNotFoundError: No module named 'django'\n") ==
        "ModuleNotFoundError: No module named 'django'");
  CHECK(first_error_in("-- Checking\nDEPLOY FAILED: OSError: disk\n") == "DEPLOY FAILED: OSError: disk");
  CHECK(first_error_in("Can't locate Plack.pm in @INC\n") == "Can't locate Plack.pm in @INC");
  CHECK(first_error_in("[1.1.2026] [v 5] [tid 1] [sev 3] # 0 Worker 7: python3: can't open file 'x'\n") ==
        "Worker 7: python3: can't open file 'x'");
  CHECK(first_error_in("all is well\n").empty());
  CHECK(title_of("<html><title> A\n b </title>") == "A b");
  CHECK(title_of("none").empty());
}

namespace {

std::string with_script(const std::string& script) {
  Files files = text_package("zp0317.txt", "good");
  files["install.sql"] = script;
  files["parameters.xml"] = [&] {
    std::string text = files["parameters.xml"];
    const std::string old = "Server={DbServer}";
    return text.replace(text.find(old), old.size(), "Server={DbServer};Pwd=topsecret");
  }();
  return container(files);
}

}  // namespace

TEST_CASE("a database script is not run, and said so without its password", "[deploy][database]") {
  const Place place;
  const auto done = run(with_script("USE `%DB_NAME%`;\n"), {place.inside.string(), {}, false, false, nullptr});
  REQUIRE(done->report);
  CHECK(done->diagnostics.has("ZP0705"));
  REQUIRE(done->report->steps.size() == 3);
  const Step& step = done->report->steps[1];
  CHECK((step.provider == "dbMySql" && step.path == "install.sql" && !step.done));
  for (const Diagnostic& d : done->diagnostics.items()) CHECK(d.message.find("topsecret") == std::string::npos);
  CHECK_FALSE(fs::exists(place.inside / "install.sql"));
}

TEST_CASE("a database script is judged before anything is written", "[deploy][database]") {
  const Place place;
  const auto refused = [&](const std::string& script, const char* code, const char* text) {
    const auto done = run(with_script(script), {place.inside.string(), {}, false, false, nullptr});
    CHECK_FALSE(done->report);
    CHECK(done->diagnostics.has(code));
    std::string all;
    for (const Diagnostic& d : done->diagnostics.items()) all += d.message + "\n";
    CHECK_THAT(all, Catch::Contains(text));
    CHECK_FALSE(fs::exists(place.inside));
  };
  refused("SELECT 'Gr\xFC\xDF';\n", "ZP0316", "install.sql:1:11: byte FC is not UTF-8");
  refused("USE `%DB_NAME%`;\nSELECT '%DB_USER%';\n", "ZP0317", "install.sql:2:9: nothing fills %DB_USER%");
}
