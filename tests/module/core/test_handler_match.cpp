// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "module/core/handler_match.h"

using namespace zoo::module;

namespace {

Handler zoo_handler(const std::string& name, const std::string& engine = "python") {
  Handler made;
  made.name = name;
  made.path = made.verb = "*";
  made.script_processor = engine;
  made.modules = "HeliconZoo_x64";
  return made;
}

Application application(const std::string& name) {
  return {name, {}, {}, {}};
}

std::string application_of(const FolderConfig& config, const std::string& handler_name) {
  for (const Handler& handler : config.handlers) {
    if (handler.name != handler_name) continue;
    const Application* found = find_application(config, handler);
    return found == nullptr ? "none" : found->name;
  }
  return "no such handler";
}

Engine engine(const std::string& name) {
  Engine made;
  made.name = name;
  made.full_path = "x";
  return made;
}

struct PathCase {
  const char* pattern;
  const char* path;
  bool matches;
  const char* info;
};

}  // namespace

TEST_CASE("handler paths", "[handler_match]") {
  const PathCase test = GENERATE(values<PathCase>({
      {"*", "/", true, ""},
      {"*", "/a/b.c/d", true, ""},
      {"*.php", "/index.php", true, ""},
      {"*.php", "/sub/INDEX.PHP", true, ""},
      {"*.php", "/index.php/more/here", true, "/more/here"},
      {"*.php", "/index.phpx", false, ""},
      {"*.php", "/", false, ""},
      {"trace.axd", "/trace.axd", true, ""},
      {"trace.axd", "/app/trace.axd", true, ""},
      {"trace.axd", "/apptrace.axd", false, ""},
      {"/exact/path", "/exact/path", true, ""},
      {"/exact/path", "/Exact/Path", true, ""},
      {"/exact/path", "/exact/path/more", false, ""},
      {"/exact/path", "/x/exact/path", false, ""},
      {"foo/*.py", "/foo/a.py", true, ""},
      {"foo/*.py", "/x/foo/a.py/info", true, "/info"},
      {"foo/*.py", "/foo/x/a.py", false, ""},
      {"/foo/*", "/foo/", true, ""},
      {"/foo/*", "/foo/a/b", true, "/b"},
      {"/foo/*", "/foo", false, ""},
      {"/foo/*", "/bar/foo/a", false, ""},
      {"*.", "/folder/name", true, ""},
      {"*.", "/folder/name.txt", false, ""},
      {"*.py, *.pl ,/cgi", "/a.pl", true, ""},
      {"*.py,*.pl,/cgi", "/cgi", true, ""},
      {"*.py,*.pl,/cgi", "/a.rb", false, ""},
      {"", "/a", false, ""},
      {"a*b*c", "/aXbYbc", true, ""},
      {"a*b*c", "/aXcYb", false, ""},
  }));
  INFO(test.pattern << " " << test.path);
  const auto match = match_handler_path(test.pattern, test.path);
  REQUIRE(match.has_value() == test.matches);
  if (match) {
    CHECK(match->path_info == test.info);
    CHECK(match->script_path + match->path_info == test.path);
  }
}

TEST_CASE("verbs and preconditions", "[handler_match]") {
  CHECK(matches_verb("*", "BREW"));
  CHECK(matches_verb("GET, HEAD,post", "POST"));
  CHECK_FALSE(matches_verb("GET,HEAD", "POST"));
  CHECK_FALSE(matches_verb("", "GET"));
  PoolTraits pool;
  CHECK(meets_precondition("", pool));
  CHECK(meets_precondition("bitness64", pool));
  CHECK(meets_precondition("integratedMode, Bitness64,runtimeVersionv4.0", pool));
  CHECK_FALSE(meets_precondition("bitness32", pool));
  CHECK_FALSE(meets_precondition("classicMode,bitness64", pool));
  CHECK_FALSE(meets_precondition("runtimeVersionv2.0", pool));
  CHECK_FALSE(meets_precondition("weather", pool));
  pool.bitness = Bitness::k32;
  CHECK(meets_precondition("bitness32", pool));
}

TEST_CASE("the first handler that fits is taken", "[handler_match]") {
  FolderConfig config;
  config.handlers = {zoo_handler("py#x86"), zoo_handler("py#x64"), zoo_handler("all")};
  config.handlers[0].pre_condition = "bitness32";
  config.handlers[1].pre_condition = "bitness64";
  config.handlers[1].path = "*.py";
  const auto name = [&](std::string_view path, Bitness bitness) {
    PoolTraits pool;
    pool.bitness = bitness;
    return match_handler(config, {path, "GET"}, pool, {})->handler->name;
  };
  CHECK(name("/a.py", Bitness::k64) == "py#x64");
  CHECK(name("/a.rb", Bitness::k64) == "all");
  CHECK(name("/a.rb", Bitness::k32) == "py#x86");
  config.handlers.clear();
  CHECK_FALSE(match_handler(config, {"/", "GET"}, {}, {}).has_value());
}

TEST_CASE("resourceType and requireAccess", "[handler_match]") {
  FolderConfig config;
  config.handlers = {zoo_handler("file"), zoo_handler("folder"), zoo_handler("rest")};
  config.handlers[0].resource_type = "File";
  config.handlers[0].path = "*.php";
  config.handlers[1].resource_type = "directory";
  config.handlers[2].require_access = "Execute";
  const ResourceProbe probe = [](const std::string& path) {
    if (path == "/real.php") return ResourceKind::kFile;
    return path == "/dir" ? ResourceKind::kDirectory : ResourceKind::kNone;
  };
  const auto match = [&](std::string_view path) { return *match_handler(config, {path, "GET"}, {}, probe); };
  CHECK(match("/real.php").handler->name == "file");
  CHECK(match("/real.php/info").path.path_info == "/info");
  CHECK(match("/gone.php").handler->name == "rest");
  CHECK(match("/dir").handler->name == "folder");
  CHECK(match("/gone.php").access_denied);
  CHECK_FALSE(match("/real.php").access_denied);
  config.access.script = false;
  CHECK(match("/real.php").access_denied);
}

TEST_CASE("who runs a handler", "[handler_match]") {
  Handler handler = zoo_handler("x");
  CHECK(handler_kind(handler) == HandlerKind::kZoo);
  handler.modules = "Other, heliconzoo_X86";
  CHECK(handler_kind(handler) == HandlerKind::kZoo);
  handler.modules = "StaticFileModule,DefaultDocumentModule";
  CHECK(handler_kind(handler) == HandlerKind::kStatic);
  handler.modules = "FastCgiModule";
  CHECK(handler_kind(handler) == HandlerKind::kForeign);
}

TEST_CASE("the application of a handler", "[handler_match]") {
  FolderConfig config;
  SECTION("by its name without the bitness") {
    config.applications = {application("other"), application("Django.Project")};
    config.handlers = {zoo_handler("django.project#x64"), zoo_handler("django.project#X86")};
    CHECK(application_of(config, "django.project#x64") == "Django.Project");
    CHECK(application_of(config, "django.project#X86") == "Django.Project");
  }
  SECTION("by its whole name, as in version 1") {
    config.applications = {application("p.x86"), application("p.x64")};
    config.handlers = {zoo_handler("p.x64"), zoo_handler("p.x86")};
    CHECK(application_of(config, "p.x64") == "p.x64");
    CHECK(application_of(config, "p.x86") == "p.x86");
  }
  SECTION("old applications with new handlers") {
    config.applications = {application("p.x86"), application("p.x64")};
    config.handlers = {zoo_handler("p#x64")};
    CHECK(application_of(config, "p#x64") == "p.x64");
  }
  SECTION("an application that no handler names is for those that name none") {
    config.applications = {application("sinatra.project")};
    config.handlers = {zoo_handler("rails.project#x86"), zoo_handler("rails.project#x64")};
    CHECK(application_of(config, "rails.project#x86") == "sinatra.project");
    CHECK(application_of(config, "rails.project#x64") == "sinatra.project");
  }
  SECTION("the bitness decides among several of them") {
    config.applications = {application("q.x86"), application("q.x64")};
    config.handlers = {zoo_handler("r#x64")};
    CHECK(application_of(config, "r#x64") == "q.x64");
  }
  SECTION("a handler of another engine does not get somebody else's application") {
    config.applications = {application("python.project")};
    config.handlers = {zoo_handler("php.pipe#x64", "php"), zoo_handler("python.project#x64"), zoo_handler("admin#x64")};
    CHECK(application_of(config, "php.pipe#x64") == "none");
    CHECK(application_of(config, "admin#x64") == "python.project");
  }
  SECTION("none at all") {
    config.handlers = {zoo_handler("a")};
    CHECK(application_of(config, "a") == "none");
  }
}

TEST_CASE("a handler is bound to its engine, or says why not", "[handler_match]") {
  FolderConfig config;
  config.engines = {engine("python"), engine("Ruby")};
  config.handlers = {zoo_handler("a"), zoo_handler("b", "RUBY"), zoo_handler("c", "cobol")};
  config.applications = {application("a"), application("b")};
  CHECK(bind_handler(config, config.handlers[0]).faults.empty());
  CHECK(bind_handler(config, config.handlers[1]).engine->name == "Ruby");
  CHECK(bind_handler(config, config.handlers[2]).faults ==
        std::vector<std::string>{"handler \"c\" asks for the engine \"cobol\", which is not defined on this server"});

  config.switchboard = {{"python", "Disabled", {}}};
  CHECK(bind_handler(config, config.handlers[0]).faults.size() == 1);
  CHECK(bind_handler(config, config.handlers[1]).faults.empty());

  config.applications[1].faults = {"bad value"};
  CHECK(bind_handler(config, config.handlers[1]).faults == std::vector<std::string>{"application \"b\": bad value"});
  config.faults = {"file broken"};
  CHECK(bind_handler(config, config.handlers[1]).faults.size() == 2);
}
