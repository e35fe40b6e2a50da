// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "module/core/config_merge.h"

using namespace zoo::module;

namespace {

constexpr std::size_t index_of(ConfigSection section) {
  return static_cast<std::size_t>(section);
}

ConfigPlace place(const std::string& file) {
  return {file, 3, 5};
}

Handler handler(const std::string& name, const std::string& file) {
  Handler made;
  made.name = name;
  made.path = made.verb = "*";
  made.place = place(file);
  return made;
}

Engine engine(const std::string& name, const std::string& program) {
  Engine made;
  made.name = name;
  made.full_path = program;
  made.place = place("host");
  return made;
}

ConfigBlock handlers_block(const std::string& path, const std::string& file, Edits<Handler> edits) {
  ConfigBlock block;
  block.path = path;
  block.edits.handlers = std::move(edits);
  block.edits.places[index_of(ConfigSection::kHandlers)] = place(file);
  return block;
}

ConfigDocument document(const std::string& file, std::vector<ConfigBlock> blocks) {
  ConfigDocument made;
  made.file = file;
  made.blocks = std::move(blocks);
  return made;
}

std::vector<std::string> names(const FolderConfig& config) {
  std::vector<std::string> found;
  for (const Handler& item : config.handlers) found.push_back(item.name);
  return found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("what a folder adds stands before what it inherits", "[config_merge]") {
  const ConfigDocument host = document(
      "host",
      {handlers_block("", "host", {{EditKind::kAdd, handler("a", "host")}, {EditKind::kAdd, handler("b", "host")}})});
  const ConfigDocument root = document(
      "root",
      {handlers_block("", "root", {{EditKind::kAdd, handler("c", "root")}, {EditKind::kAdd, handler("d", "root")}})});
  ConfigProblems problems;
  const std::vector<ConfigLevel> levels = {{"", &root, true}};
  CHECK(names(merge_config(&host, "Site", levels, problems)) == Names{"c", "d", "a", "b", "StaticFile"});
  CHECK(problems.items().empty());
}

TEST_CASE("a folder removes an inherited handler, whatever the case of its name", "[config_merge]") {
  const ConfigDocument root =
      document("root", {handlers_block("", "root", {{EditKind::kAdd, handler("App#x86", "root")}})});
  const ConfigDocument media =
      document("media", {handlers_block("", "media", {{EditKind::kRemove, handler("app#X86", "media")}})});
  ConfigProblems problems;
  const std::vector<ConfigLevel> below = {{"", &root, true}, {"media", &media, false}};
  CHECK(names(merge_config(nullptr, "", below, problems)) == Names{"StaticFile"});
  const std::vector<ConfigLevel> beside = {{"", &root, true}, {"other", nullptr, false}};
  CHECK(names(merge_config(nullptr, "", beside, problems)) == Names{"App#x86", "StaticFile"});
}

TEST_CASE("clear empties the collection", "[config_merge]") {
  const ConfigDocument root = document(
      "root", {handlers_block("", "root", {{EditKind::kClear, {}}, {EditKind::kAdd, handler("only", "root")}})});
  ConfigProblems problems;
  const std::vector<ConfigLevel> levels = {{"", &root, true}};
  CHECK(names(merge_config(nullptr, "S", levels, problems)) == Names{"only"});
}

TEST_CASE("location blocks hold for their path only, without regard to case", "[config_merge]") {
  const ConfigDocument host = document("host", {handlers_block("Site/Static", "host", {{EditKind::kClear, {}}})});
  const ConfigDocument root =
      document("root", {handlers_block("sub/deep", "root", {{EditKind::kAdd, handler("deep", "root")}})});
  ConfigProblems problems;
  const std::vector<ConfigLevel> cleared = {{"", &root, true}, {"static", nullptr, false}};
  CHECK(names(merge_config(&host, "site", cleared, problems)).empty());
  const std::vector<ConfigLevel> above = {{"", &root, true}, {"sub", nullptr, false}};
  CHECK(names(merge_config(&host, "Site", above, problems)) == Names{"StaticFile"});
  const std::vector<ConfigLevel> deep = {
      {"", &root, true}, {"sub", nullptr, false}, {"deep", nullptr, false}, {"x", nullptr, false}};
  CHECK(names(merge_config(&host, "Site", deep, problems)) == Names{"deep", "StaticFile"});
  CHECK(names(merge_config(&host, "Other", cleared, problems)) == Names{"StaticFile"});
}

TEST_CASE("inheritInChildApplications=false stops at the next application", "[config_merge]") {
  ConfigBlock own = handlers_block("", "root", {{EditKind::kAdd, handler("root", "root")}});
  own.inherit_in_child_applications = false;
  const ConfigDocument root = document("root", {own});
  ConfigProblems problems;
  const std::vector<ConfigLevel> folder = {{"", &root, true}, {"blog", nullptr, false}};
  CHECK(names(merge_config(nullptr, "S", folder, problems)) == Names{"root", "StaticFile"});
  const std::vector<ConfigLevel> application = {{"", &root, true}, {"blog", nullptr, true}};
  CHECK(names(merge_config(nullptr, "S", application, problems)) == Names{"StaticFile"});
}

TEST_CASE("a locked section cannot be changed below, and that folder says so", "[config_merge]") {
  ConfigDocument host = document("host", {});
  host.section_defaults[index_of(ConfigSection::kHandlers)] = OverrideMode::kDeny;
  const ConfigDocument root = document("root", {handlers_block("", "root", {{EditKind::kAdd, handler("x", "root")}})});
  ConfigProblems problems;
  const std::vector<ConfigLevel> levels = {{"", &root, true}};
  const FolderConfig locked = merge_config(&host, "S", levels, problems);
  CHECK(names(locked) == Names{"StaticFile"});
  REQUIRE(locked.faults.size() == 1);
  CHECK(locked.faults[0] == "root: system.webServer/handlers is locked by a configuration file above this one");
  CHECK(problems.has("ZC0304"));

  ConfigBlock unlock = handlers_block("S", "host", {});
  unlock.override_mode = OverrideMode::kAllow;
  host.blocks.push_back(unlock);
  ConfigProblems none;
  const FolderConfig open = merge_config(&host, "S", levels, none);
  CHECK(names(open) == Names{"x", "StaticFile"});
  CHECK(open.faults.empty());
  CHECK(none.items().empty());
}

TEST_CASE("a web.config locks what stands below it, not itself", "[config_merge]") {
  ConfigBlock lock = handlers_block("sub", "root", {{EditKind::kAdd, handler("kept", "root")}});
  lock.override_mode = OverrideMode::kDeny;
  const ConfigDocument root = document("root", {handlers_block("", "root", {}), lock});
  const ConfigDocument sub = document("sub", {handlers_block("", "sub", {{EditKind::kClear, {}}})});
  ConfigProblems problems;
  const std::vector<ConfigLevel> levels = {{"", &root, true}, {"sub", &sub, false}};
  const FolderConfig config = merge_config(nullptr, "S", levels, problems);
  CHECK(names(config) == Names{"kept", "StaticFile"});
  CHECK(config.faults.size() == 1);
}

TEST_CASE("engines come from applicationHost.config alone", "[config_merge]") {
  ConfigBlock block;
  block.edits.engines = {{EditKind::kAdd, engine("python", "/evil")}};
  block.edits.places[0] = place("root");
  ConfigBlock good = block;
  good.edits.engines[0].item.full_path = "/usr/bin/python3";
  const ConfigDocument host = document("host", {good});
  const ConfigDocument root = document("root", {block});
  ConfigProblems problems;
  const std::vector<ConfigLevel> levels = {{"", &root, true}};
  const FolderConfig config = merge_config(&host, "S", levels, problems);
  REQUIRE(config.engines.size() == 1);
  CHECK(config.engines[0].full_path == "/usr/bin/python3");
  CHECK(config.faults.empty());
  CHECK(problems.has("ZC0303"));

  // overrideMode="Allow" does not open this one.
  ConfigDocument generous = host;
  generous.blocks[0].override_mode = OverrideMode::kAllow;
  CHECK(merge_config(&generous, "S", levels, problems).engines[0].full_path == "/usr/bin/python3");
}

TEST_CASE("userEngines replace engines of the same name and add others", "[config_merge]") {
  ConfigBlock block;
  block.edits.engines = {{EditKind::kAdd, engine("a", "1")}, {EditKind::kAdd, engine("b", "2")}};
  block.edits.user_engines = {{EditKind::kAdd, engine("B", "3")}, {EditKind::kAdd, engine("c", "4")}};
  block.edits.places[0] = place("host");
  const ConfigDocument host = document("host", {block});
  ConfigProblems problems;
  const std::vector<ConfigLevel> levels = {{"", nullptr, true}};
  const FolderConfig config = merge_config(&host, "S", levels, problems);
  REQUIRE(config.engines.size() == 3);
  CHECK(config.engines[0].full_path == "1");
  CHECK(config.engines[1].full_path == "3");
  CHECK(config.engines[1].from_user_engines);
  CHECK(config.engines[2].name == "c");
  CHECK_FALSE(config.engines[0].from_user_engines);
}

TEST_CASE("the same name twice in a file is a fault, in two files it replaces with a warning", "[config_merge]") {
  const auto application = [](const std::string& file, const std::string& value) {
    return Application{"app", {{"A", value, {}}}, {}, place(file)};
  };
  ConfigBlock first;
  first.edits.applications = {{EditKind::kAdd, application("root", "1")}};
  first.edits.places[index_of(ConfigSection::kHeliconZoo)] = place("root");
  ConfigBlock second = first;
  second.edits.applications = {{EditKind::kAdd, application("sub", "2")}};
  const ConfigDocument root = document("root", {first});
  const ConfigDocument sub = document("sub", {second});
  ConfigProblems problems;
  const std::vector<ConfigLevel> levels = {{"", &root, true}, {"sub", &sub, true}};
  const FolderConfig config = merge_config(nullptr, "S", levels, problems);
  REQUIRE(config.applications.size() == 1);
  CHECK(config.applications[0].environment[0].value == "2");
  CHECK(config.applications[0].faults.empty());
  CHECK(problems.errors() == 0);
  CHECK(problems.has("ZC0302"));

  first.edits.applications.push_back({EditKind::kAdd, application("root", "3")});
  const ConfigDocument twice = document("root", {first});
  const std::vector<ConfigLevel> one = {{"", &twice, true}};
  const FolderConfig faulty = merge_config(nullptr, "S", one, problems);
  REQUIRE(faulty.applications.size() == 1);
  CHECK(faulty.applications[0].faults.size() == 1);
  CHECK(faulty.faults.empty());
  CHECK(problems.has("ZC0301"));
}

TEST_CASE("the switchboard: a name beats the star, without either all is on", "[config_merge]") {
  const auto board = [](std::vector<std::pair<std::string, std::string>> entries) {
    std::vector<SwitchEntry> made;
    for (auto& [name, value] : entries) made.push_back({name, value, {}});
    return made;
  };
  CHECK(is_enabled({}, "python"));
  CHECK(is_enabled(board({{"ruby", "Disabled"}}), "python"));
  CHECK_FALSE(is_enabled(board({{"*", "Disabled"}}), "python"));
  CHECK(is_enabled(board({{"*", "Disabled"}, {"Python", "eNABLED"}}), "python"));
  CHECK(is_enabled(board({{"python", "Enabled"}, {"*", "Disabled"}}), "python"));
  CHECK_FALSE(is_enabled(board({{"*", "Enabled"}, {"python", "Disabled"}}), "python"));
  CHECK_FALSE(is_enabled(board({{"*", "Enabed"}}), "python"));
  CHECK_FALSE(is_enabled(board({{"python", ""}}), "python"));
  CHECK_FALSE(is_enabled(board({{"*", "Enabled"}, {"console", "Enabled"}}), "console"));
}

TEST_CASE("numbers of an engine: -1 is the default, 0 instances are the cores", "[config_model]") {
  Engine made;
  EngineLimits limits = effective_limits(made, 4);
  CHECK(limits.port_lower == 49152);
  CHECK(limits.port_upper == 65535);
  CHECK(limits.min_instances == 1);
  CHECK(limits.max_instances == 4);
  CHECK(limits.time_limit_minutes == 0);
  CHECK(limits.memory_limit_bytes == 0);
  CHECK(limits.graceful_shutdown_seconds == 15);

  made.min_instances = 6;
  CHECK(effective_limits(made, 4).max_instances == 6);
  made.max_instances = 2;
  CHECK(effective_limits(made, 4).min_instances == 2);
  made.max_instances = 0;
  made.min_instances = 0;
  limits = effective_limits(made, 0);
  CHECK(limits.min_instances == 0);
  CHECK(limits.max_instances == 1);
  made.memory_limit = 256;
  made.time_limit = INT64_MAX;
  made.graceful_shutdown_timeout = 0;
  limits = effective_limits(made, 1);
  CHECK(limits.memory_limit_bytes == 256U * 1024 * 1024);
  CHECK(limits.time_limit_minutes > 0);
  CHECK(limits.graceful_shutdown_seconds == 0);
}
