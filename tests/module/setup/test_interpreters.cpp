// SPDX-License-Identifier: Apache-2.0
#include "module/setup/interpreters.h"

#include <catch2/catch.hpp>

#include "tests/module/setup/setup_samples.h"

using namespace zoo::setup;
using namespace zoo::setup::test;

namespace {

std::unique_ptr<Machine> machine(const std::string& json) {
  SetupResult<std::unique_ptr<Machine>> described = described_machine(json, "machine.json");
  REQUIRE(described);
  return std::move(*described);
}

std::vector<std::string> names(const std::vector<Engine>& engines) {
  std::vector<std::string> names;
  for (const Engine& engine : engines) names.push_back(engine.name);
  return names;
}

}  // namespace

TEST_CASE("interpreters are found in the registry, the usual folders and PATH", "[interpreters]") {
  const std::vector<Interpreter> found = find_interpreters(*machine(fixture("machine.json")));
  std::vector<std::string> folders;
  for (const Interpreter& one : found) folders.push_back(one.folder);
  // 3.9 is in the registry, but gone; of both 3.12 the 64-bit one wins.
  CHECK(folders == std::vector<std::string>{"C:\\Python27", "C:\\Python312", "C:\\Program Files\\Python313",
                                            "C:\\Ruby32-x64\\bin", "C:\\Ruby34-x64\\bin", "D:\\perl-5.38\\bin",
                                            "C:\\strawberry\\perl\\bin"});
  CHECK_FALSE(found.front().usable());
  CHECK(found.back().usable());
}

TEST_CASE("each usable interpreter gets an engine", "[interpreters]") {
  const std::vector<Engine> engines = make_engines(find_interpreters(*machine(fixture("machine.json"))), kFolder);
  CHECK(names(engines) == std::vector<std::string>{"python.3.12", "python.3.13", "ruby.3.2", "ruby.3.4", "perl.5.38",
                                                   "perl.5.40", "perl.mojo"});
  CHECK(engines[1].full_path == "C:\\Program Files\\Python313\\python.exe");
  CHECK(engines[1].arguments == "-O \"C:\\Program Files\\Helicon\\Zoo\\workers\\python\\zoofcgi.py\"");
  CHECK(engines[3].arguments == "\"C:\\Program Files\\Helicon\\Zoo\\workers\\ruby\\zoorack.rb\"");
  CHECK(engines[3].path_variable == "C:\\Ruby34-x64\\bin;%PATH%");
  CHECK(engines[5].path_variable ==
        "C:\\strawberry\\c\\bin;C:\\strawberry\\perl\\site\\bin;C:\\strawberry\\perl\\bin;%PATH%");
  CHECK(engines[6].full_path == "C:\\strawberry\\perl\\bin\\perl.exe");
  CHECK(engines[6].http_over_tcp);
}

TEST_CASE("a machine without interpreters has no engines", "[interpreters]") {
  CHECK(find_interpreters(*machine("{\"schema\": 1}")).empty());
  CHECK(make_engines({}, kFolder).empty());
}

TEST_CASE("odd entries are passed over", "[interpreters]") {
  const auto odd = machine(
      R"({"schema": 1, "arch": "x86", "registry": {"64": {"SOFTWARE\\Python\\PythonCore\\3.11-32\\InstallPath": {"": "C:\\p\\\\"},
      "SOFTWARE\\Python\\PythonCore\\3.10\\InstallPath": {"ExecutablePath": "C:\\q\\python.exe"}, "SOFTWARE\\Python": 7}},
      "files": ["c:/p/PYTHON.EXE", "C:\\p\\Python311.DLL", "C:\\p\\python3.dll", "C:\\Ruby\\bin\\ruby.exe", "C:\\Ruby\\bin\\ruby.dll",
      "C:\\Python\\python.exe", "C:\\Python\\python31x.dll", 5]})");
  const std::vector<Interpreter> found = find_interpreters(*odd);
  REQUIRE(found.size() == 1);
  CHECK(found[0].folder == "C:\\p");
  CHECK(found[0].minor == 11);
  CHECK_FALSE(odd->is_x64());
}

TEST_CASE("a description must be one", "[interpreters]") {
  CHECK_FALSE(described_machine("", "m").has_value());
  CHECK_FALSE(described_machine("[]", "m").has_value());
  CHECK_FALSE(described_machine("{}", "m").has_value());
  CHECK_FALSE(described_machine("{\"schema\": 2}", "m").has_value());
}
