// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "module/core/environment.h"

using namespace zoo::module;

namespace {

struct Setup {
  RuntimeFacts facts;
  std::vector<Variable> engine;
  std::vector<Variable> application;
  EnvironmentList process = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/root"}};
  const PathPolicy* paths = &windows_paths();
  bool has_port = false;

  Setup() {
    facts.appl_physical_path = "C:\\site";
    facts.appl_virtual_path = "/blog";
    facts.site_name = "My Site";
    facts.instance_id = "7";
    facts.zoo_version = "5.0.0";
  }
  ExpandedEnvironment expand() const {
    return ExpandedEnvironment({facts, engine, application, process, *paths, has_port});
  }
  std::string value(std::string_view name) const {
    const ExpandedEnvironment expanded = expand();
    const std::string* found = expanded.find(name);
    return found == nullptr ? "(none)" : *found;
  }
};

}  // namespace

TEST_CASE("the module's facts are known", "[environment]") {
  Setup setup;
  setup.application = {{"A", "%APPL_PHYSICAL_PATH%\\lib;%appl_virtual_path%|%SITE_NAME%|%ZOO_VERSION%", {}},
                       {"B", "zoo%INSTANCE_ID%%APPL_ID%", {}},
                       {"C", "%APPL_PHYSICAL_SHORT_PATH%", {}}};
  CHECK(setup.value("A") == "C:\\site\\lib;/blog|My Site|5.0.0");
  CHECK(setup.value("B") == "zoo7blog");
  CHECK(setup.value("C") == "C:\\site");
  CHECK(setup.value("APPL_PHYSICAL_PATH") == "C:\\site");
}

TEST_CASE("a variable's own name means what it would have been", "[environment]") {
  Setup setup;
  setup.process = {{"Path", "C:\\Windows"}};
  setup.engine = {{"PATH", "C:\\engine;%PATH%", {}}};
  setup.application = {{"PATH", "C:\\app;%PATH%", {}}, {"PYTHONPATH", "C:\\lib;%PYTHONPATH%", {}}};
  CHECK(setup.value("PATH") == "C:\\app;C:\\engine;C:\\Windows");
  CHECK(setup.value("PYTHONPATH") == "C:\\lib;");
  CHECK(setup.expand().variables().size() == 2 + 9);
}

TEST_CASE("unknown names and lone percent signs stay", "[environment]") {
  Setup setup;
  setup.application = {{"A", "100%", {}},
                       {"B", "%NOBODY%\\x", {}},
                       {"C", "%%", {}},
                       {"D", "50% of %HOME%", {}},
                       {"E", "%NOBODY%HOME%", {}}};
  CHECK(setup.value("A") == "100%");
  CHECK(setup.value("B") == "%NOBODY%\\x");
  CHECK(setup.value("C") == "%%");
  CHECK(setup.value("D") == "50% of /root");
  CHECK(setup.value("E") == "%NOBODY/root");
}

TEST_CASE("variables may need others, in any order", "[environment]") {
  Setup setup;
  setup.application = {{"A", "%B%/x", {}}, {"B", "%C%", {}}, {"C", "c", {}}};
  setup.engine = {{"C", "engine", {}}, {"D", "%A%", {}}};
  CHECK(setup.value("A") == "c/x");
  CHECK(setup.value("D") == "c/x");
}

TEST_CASE("circles are found and told once", "[environment]") {
  Setup setup;
  setup.application = {{"A", "%B%", {}}, {"B", "%C%", {}}, {"C", "%A%", {}}, {"D", "fine", {}}};
  const ExpandedEnvironment expanded = setup.expand();
  REQUIRE(expanded.faults().size() == 1);
  CHECK(expanded.faults()[0] == "the variable A needs itself by way of others: %B%");
  CHECK(*expanded.find("D") == "fine");
}

TEST_CASE("values that grow without measure are stopped", "[environment]") {
  Setup setup;
  setup.application = {{"V0", std::string(1000, 'x'), {}}};
  for (int i = 1; i < 60; ++i) {
    const std::string below = "%V" + std::to_string(i - 1) + "%";
    setup.application.push_back({"V" + std::to_string(i), below + below + below, {}});
  }
  const ExpandedEnvironment expanded = setup.expand();
  CHECK_FALSE(expanded.faults().empty());
  for (const auto& [name, value] : expanded.variables()) CHECK(value.size() <= ExpandedEnvironment::kMaxValue);
}

TEST_CASE("a long chain ends with a fault, not with the stack", "[environment]") {
  Setup setup;
  for (int i = 0; i < 5000; ++i)
    setup.application.push_back({"V" + std::to_string(i), "%V" + std::to_string(i + 1) + "%", {}});
  CHECK(setup.expand().faults().size() == 1);
}

TEST_CASE("port and host of a tcp engine come later", "[environment]") {
  Setup setup;
  setup.process.emplace_back("PORT", "1");
  setup.application = {{"A", "-p %PORT% -a %HOST%", {}}};
  CHECK(setup.value("A") == "-p 1 -a %HOST%");
  setup.has_port = true;
  CHECK(setup.value("A") == "-p %PORT% -a %HOST%");
  CHECK(setup.expand().expand("%A% %HOME%") == "-p %PORT% -a %HOST% /root");
  CHECK(expand_port("-p %PORT% -a %host% %OTHER%", "127.0.0.1", "50000") == "-p 50000 -a 127.0.0.1 %OTHER%");
}

TEST_CASE("what is written for Windows runs elsewhere", "[environment]") {
  Setup setup;
  setup.paths = &posix_paths();
  setup.facts.appl_physical_path = "/srv/app";
  setup.application = {{"PYTHONPATH", "%APPL_PHYSICAL_PATH%\\project;%APPL_PHYSICAL_PATH%\\..\\lib;;%PYTHONPATH%", {}},
                       {"Path", "%VIRTUAL_ENV%\\bin;%PATH%", {}},
                       {"VIRTUAL_ENV", "%APPL_PHYSICAL_PATH%\\venv", {}},
                       {"MY_THING", "%APPL_PHYSICAL_PATH%\\thing", {}},
                       {"MY_THINGS", "%APPL_PHYSICAL_PATH%\\a;b\\c", {}},
                       {"DEPLOY_LOG", "log\\deploy.log", {}},
                       {"GREETING", "a\\b;c", {}},
                       {"DJANGO_SETTINGS_MODULE", "site.settings", {}},
                       {"APP_WORKER", "%APPL_PHYSICAL_PATH%\\server.js", {}}};
  CHECK(setup.value("PYTHONPATH") == "/srv/app/project:/srv/app/../lib");
  CHECK(setup.value("PATH") == "/srv/app/venv/bin:/usr/bin:/bin");
  CHECK(setup.value("MY_THING") == "/srv/app/thing");
  CHECK(setup.value("MY_THINGS") == "/srv/app/a:b/c");
  CHECK(setup.value("DEPLOY_LOG") == "log/deploy.log");
  CHECK(setup.value("GREETING") == "a\\b;c");
  CHECK(setup.value("DJANGO_SETTINGS_MODULE") == "site.settings");
  CHECK(setup.value("APP_WORKER") == "/srv/app/server.js");
  CHECK(posix_paths().arguments("\"%X%\\a.rb\" -e \\\"q\\\"") == "\"%X%/a.rb\" -e \\\"q\\\"");
}

TEST_CASE("on POSIX names keep their case", "[environment]") {
  Setup setup;
  setup.paths = &posix_paths();
  setup.process = {{"http_proxy", "a"}, {"HTTP_PROXY", "b"}, {"DEBUG", "1"}};
  setup.application = {{"debug", "%DEBUG%0", {}}};
  CHECK(setup.value("http_proxy") == "a");
  CHECK(setup.value("HTTP_PROXY") == "b");
  CHECK(setup.value("debug") == "10");
  CHECK(setup.value("DEBUG") == "1");
  setup.paths = &windows_paths();
  CHECK(setup.value("DEBUG") == "10");
}

TEST_CASE("relative paths", "[path_policy]") {
  CHECK(posix_paths().absolute("/srv/app", "log\\d.log") == "/srv/app/log/d.log");
  CHECK(posix_paths().absolute("/srv/app/", "..\\logs") == "/srv/app/../logs");
  CHECK(posix_paths().absolute("/srv/app", "/var/log") == "/var/log");
  CHECK(windows_paths().absolute("C:\\app", "log/d.log") == "C:\\app\\log/d.log");
  CHECK(windows_paths().absolute("C:\\app", "D:\\x") == "D:\\x");
  CHECK(windows_paths().absolute("C:\\app", "\\\\server\\x") == "\\\\server\\x");
  CHECK(windows_paths().absolute("C:\\app", "/log") == "C:\\app\\log");
}

TEST_CASE("secrets are masked", "[environment]") {
  CHECK(masked_value("SECRET_KEY", "abc") == "***");
  CHECK(masked_value("db_password", "abc") == "***");
  CHECK(masked_value("GITHUB_TOKEN", "abc") == "***");
  CHECK(masked_value("AWS_ACCESS_KEY_ID", "abc") == "***");
  CHECK(masked_value("RACK_ENV", "production") == "production");
  CHECK(masked_value("DATABASE_URL", "mysql://me:pa@ss@db/app?x=1") == "mysql://me:***@db/app?x=1");
  CHECK(masked_value("URLS", "http://a/b,ftp://u:p@h") == "http://a/b,ftp://u:***@h");
  CHECK(masked_value("URL", "http://host:80/a@b") == "http://host:80/a@b");
}
