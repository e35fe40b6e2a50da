// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "module/core/config_merge.h"
#include "module/core/environment.h"
#include "module/core/handler_match.h"
#include "module/core/path_policy.h"
#include "module/core/settings.h"
#include "module/host/webconfig_reader.h"

using namespace zoo::module;
namespace fs = std::filesystem;

namespace {

const fs::path kFixtures = fs::path(ZOO_SOURCE_DIR) / "tests/module/host/fixtures";

ConfigDocument fixture(const std::string& name, ConfigFileKind kind, ConfigProblems& problems) {
  auto document = load_config(kFixtures / name, kind, problems);
  REQUIRE(document.has_value());
  return *std::move(document);
}

ConfigDocument read(std::string_view text, ConfigProblems& problems) {
  return read_config("web.config", text, ConfigFileKind::kWeb, problems);
}

/// The first problem of this code as text.
std::string problem(const ConfigProblems& problems, const std::string& code) {
  for (const ConfigProblem& item : problems.items()) {
    if (item.code == code) return to_text(item);
  }
  return "none";
}

FolderConfig merge(const ConfigDocument* host, std::vector<ConfigLevel> levels, const std::string& site = "Shop") {
  ConfigProblems problems;
  return merge_config(host, site, levels, problems);
}

}  // namespace

TEST_CASE("applicationHost.config: engines, switchboard, sites", "[webconfig_reader]") {
  ConfigProblems problems;
  const ConfigDocument host = fixture("host.config", ConfigFileKind::kHost, problems);
  CHECK(host.faults.empty());
  CHECK(problems.errors() == 0);
  CHECK(problems.has("ZC0209"));

  const FolderConfig shop = merge(&host, {{"", nullptr, true}});
  REQUIRE(shop.engines.size() == 3);
  const Engine& snake = shop.engines[0];
  CHECK(snake.display_name == "Snake");
  CHECK(snake.arguments == "-O \"%SystemDrive%\\Zoo\\worker.py\"");
  CHECK(snake.transport == EngineTransport::kPipe);
  CHECK(snake.protocol == EngineProtocol::kFastCgi);
  CHECK(snake.min_instances == kDefaultNumber);
  CHECK(snake.max_instances == 2);
  CHECK(snake.memory_limit == 256);
  REQUIRE(snake.environment.size() == 1);
  CHECK(snake.environment[0].name == "LANG");
  const Engine& gem = shop.engines[1];
  CHECK(gem.transport == EngineTransport::kTcp);
  CHECK(gem.protocol == EngineProtocol::kHttp);
  CHECK(gem.host == "127.0.0.2");
  CHECK(gem.port_lower == 50000);
  CHECK(shop.engines[2].full_path == "D:\\better.exe");
  CHECK(shop.engines[2].from_user_engines);
  CHECK(is_enabled(shop.switchboard, "snake.3"));
  CHECK_FALSE(is_enabled(shop.switchboard, "gem.http"));
  CHECK_FALSE(is_enabled(shop.switchboard, "plain"));
  CHECK(is_enabled(merge(&host, {{"", nullptr, true}}, "Second").switchboard, "plain"));

  REQUIRE(host.topology.sites.size() == 2);
  const Site& site = host.topology.sites[0];
  CHECK(site.id == 3);
  REQUIRE(site.bindings.size() == 2);
  CHECK(site.bindings[0].port == 8080);
  CHECK(site.bindings[0].host == "shop.example");
  CHECK(site.bindings[1].address == "[::1]");
  REQUIRE(site.applications.size() == 2);
  CHECK(site.applications[0].directories[1].path == "/media");
  CHECK(site.applications[1].pool == "Old");
  CHECK(host.topology.default_pool == "Modern");
  REQUIRE(host.topology.pools.size() == 2);
  CHECK(host.topology.pools[1].enable_32bit);
  CHECK_FALSE(host.topology.pools[0].enable_32bit);
}

TEST_CASE("web.config of version 3, below applicationHost.config", "[webconfig_reader]") {
  ConfigProblems problems;
  const ConfigDocument host = fixture("host.config", ConfigFileKind::kHost, problems);
  const ConfigDocument web = fixture("app-v3.config", ConfigFileKind::kWeb, problems);
  CHECK(problems.errors() == 0);
  const FolderConfig root = merge(&host, {{"", &web, true}});
  CHECK(root.faults.empty());

  const auto match = match_handler(root, {"/page", "GET"}, {}, {});
  REQUIRE(match.has_value());
  CHECK(match->handler->name == "snake.project#x64");
  CHECK(match->kind == HandlerKind::kZoo);
  CHECK_FALSE(match->access_denied);
  const HandlerBinding binding = bind_handler(root, *match->handler);
  CHECK(binding.faults.empty());
  REQUIRE(binding.application != nullptr);
  REQUIRE(binding.application->environment.size() == 3);
  CHECK(binding.application->environment[0].value == "%APPL_PHYSICAL_PATH%;%APPL_PHYSICAL_PATH%\\..\\modules;");

  CHECK(root.default_documents.files == std::vector<std::string>{"start.htm"});
  CHECK(root.mime_types.back().type == "application/x-own");
  CHECK(root.filter.max_content_length == 1000);
  CHECK(root.filter.max_url == 100);
  CHECK(root.filter.max_query_string == 50);
  CHECK(root.filter.allow_double_escaping);
  CHECK_FALSE(root.filter.allow_unlisted_verbs);
  REQUIRE(root.filter.verbs.size() == 1);
  CHECK(root.filter.verbs[0].allowed);
  for (const auto& extension : root.filter.extensions) CHECK(extension.name != ".config");
  CHECK(root.filter.hidden_segments.back() == "secret");
  CHECK(root.errors.mode == HttpErrors::Mode::kDetailed);
  CHECK(root.errors.existing == HttpErrors::Existing::kPassThrough);
  REQUIRE(root.errors.entries.size() == 1);
  CHECK(root.errors.entries[0].response == HttpErrors::Response::kExecuteUrl);

  const FolderConfig plain = merge(&host, {{"", &web, true}, {"plain", nullptr, false}});
  CHECK(match_handler(plain, {"/plain/a.css", "GET"}, {}, [](const std::string&) {
          return ResourceKind::kFile;
        })->handler->name == "Fallback");
}

TEST_CASE("a locked handlers section is refused where it is not opened", "[webconfig_reader]") {
  ConfigProblems problems;
  ConfigDocument host = fixture("host.config", ConfigFileKind::kHost, problems);
  std::erase_if(host.blocks, [](const ConfigBlock& block) { return block.override_mode == OverrideMode::kAllow; });
  const ConfigDocument web = fixture("app-v3.config", ConfigFileKind::kWeb, problems);
  CHECK(merge(&host, {{"", &web, true}}).faults.size() == 1);
}

TEST_CASE("one bad engine or application does not harm the others", "[webconfig_reader]") {
  ConfigProblems problems;
  const ConfigDocument host = fixture("bad-engines.config", ConfigFileKind::kHost, problems);
  CHECK(host.faults.empty());
  const FolderConfig config = merge(&host, {{"", nullptr, true}});
  REQUIRE(config.engines.size() == 5);
  CHECK(config.engines[0].faults.empty());
  CHECK(config.engines[1].faults.size() == 4);
  CHECK(config.engines[2].faults.size() == 1);
  CHECK(config.engines[3].faults.size() == 1);
  CHECK(config.engines[4].faults.size() == 1);
  REQUIRE(config.applications.size() == 4);
  CHECK(config.applications[0].faults.empty());
  CHECK(config.applications[1].faults.size() == 2);
  CHECK(config.applications[2].faults.size() == 1);
  CHECK(config.applications[3].faults.empty());
  // All of them were told, with their places.
  const std::string file = (kFixtures / "bad-engines.config").string();
  CHECK(problem(problems, "ZC0102") == file + ":6:9: error ZC0102: <add> needs name=\"...\"");
  CHECK(problem(problems, "ZC0203") ==
        file + ":8:14: error ZC0203: transport=\"pigeon\" is unknown (known are NamedPipe and tcp)");
  CHECK(problem(problems, "ZC0205") ==
        file + ":8:68: error ZC0205: portLower=\"70000\" is not a number that it can have (-1 stands for the default)");
  CHECK(problem(problems, "ZC0201").find(":17:56: ") != std::string::npos);
  for (const char* code : {"ZC0105", "ZC0106", "ZC0204", "ZC0206", "ZC0207", "ZC0208", "ZC0209", "ZC0210"}) {
    INFO(code);
    CHECK(problems.has(code));
  }
}

TEST_CASE("engines as version 1 wrote them", "[webconfig_reader]") {
  ConfigProblems problems;
  const ConfigDocument host = read_config(
      "host",
      "<configuration><system.webServer><heliconZooServer>"
      "<engine name='python.2.7.pipe' fullPath='c:\\python27\\python.exe' arguments='-O w.py' transport='pipe'/>"
      "</heliconZooServer></system.webServer></configuration>",
      ConfigFileKind::kHost, problems);
  const FolderConfig config = merge(&host, {{"", nullptr, true}});
  REQUIRE(config.engines.size() == 1);
  CHECK(config.engines[0].full_path == "c:\\python27\\python.exe");
  CHECK(problems.items().empty());
}

TEST_CASE("files that are no configuration", "[webconfig_reader]") {
  ConfigProblems problems;
  const ConfigDocument broken = read("<configuration>\n  <system.webServer>\n</configuration>", problems);
  REQUIRE(broken.faults.size() == 1);
  CHECK(broken.faults[0].find("web.config:3:") == 0);
  CHECK(problems.has("ZC0101"));
  CHECK(read("", problems).faults.size() == 1);
  CHECK(read("<other/>", problems).faults.size() == 1);
  CHECK(problems.has("ZC0108"));
  CHECK(merge(nullptr, {{"", &broken, true}, {"below", nullptr, false}}).faults.size() == 1);
  CHECK_FALSE(load_config(kFixtures / "not-there.config", ConfigFileKind::kWeb, problems).has_value());
  CHECK(load_config(kFixtures, ConfigFileKind::kWeb, problems)->faults.size() == 1);
}

TEST_CASE("encodings", "[webconfig_reader]") {
  const std::string text =
      "<configuration>\n<system.webServer><heliconZoo><application name=\"\xC3\xA4\xF0\x9F\x98\x80\"/>"
      "</heliconZoo></system.webServer></configuration>";
  const auto name = [](std::string_view bytes) {
    ConfigProblems problems;
    const ConfigDocument document = read(bytes, problems);
    REQUIRE(document.blocks.size() == 1);
    REQUIRE(document.blocks[0].edits.applications.size() == 1);
    CHECK(document.blocks[0].edits.applications[0].item.place.line == 2);
    return document.blocks[0].edits.applications[0].item.name;
  };
  CHECK(name(text) == "\xC3\xA4\xF0\x9F\x98\x80");
  CHECK(name("\xEF\xBB\xBF" + text) == "\xC3\xA4\xF0\x9F\x98\x80");
  std::string wide = "\xFF\xFE";
  for (const char16_t c :
       std::u16string(u"<configuration>\n<system.webServer><heliconZoo><application name=\"\u00e4\U0001F600\"/>"
                      u"</heliconZoo></system.webServer></configuration>")) {
    wide += static_cast<char>(c & 0xFFU);
    wide += static_cast<char>(c >> 8U);
  }
  CHECK(name(wide) == "\xC3\xA4\xF0\x9F\x98\x80");
}

TEST_CASE("paths of locations", "[webconfig_reader]") {
  ConfigProblems problems;
  const ConfigDocument document = read(
      "<configuration><location path='.'/><location path='/a\\b/'/><location/>"
      "<location path='c' allowOverride='false'/><location path='d' allowOverride='perhaps'/></configuration>",
      problems);
  REQUIRE(document.blocks.size() == 6);
  CHECK(document.blocks[1].path.empty());
  CHECK(document.blocks[2].path == "a/b");
  CHECK(document.blocks[3].path.empty());
  CHECK(document.blocks[4].override_mode == OverrideMode::kDeny);
  CHECK(problem(problems, "ZC0104").find("allowOverride=\"perhaps\"") != std::string::npos);
}

namespace {

/// An application as its web.config alone means it, on a site in /site or C:\\site.
struct Meaning {
  FolderConfig config;
  const Handler* handler = nullptr;
  const Application* application = nullptr;
  ExpandedEnvironment environment;
  Settings settings;
};

ExpandedEnvironment expanded(const Application& application, std::string_view folder, const PathPolicy& paths) {
  RuntimeFacts facts;
  facts.appl_physical_path = folder;
  facts.appl_virtual_path = "/shop";
  static const std::vector<Variable> kNone;
  static const EnvironmentList kProcess = {{"PATH", "/bin"}, {"PYTHONPATH", "/lib/python"}};
  return ExpandedEnvironment({facts, kNone, application.environment, kProcess, paths});
}

Meaning meaning_of(const ConfigDocument& document, Bitness bitness, std::string_view folder = "/site",
                   const PathPolicy& paths = posix_paths()) {
  FolderConfig config = merge(nullptr, {{"", &document, true}});
  CHECK(config.faults.empty());
  PoolTraits pool;
  pool.bitness = bitness;
  const auto match = match_handler(config, {"/any/page", "PUT"}, pool, {});
  REQUIRE(match.has_value());
  CHECK(match->kind == HandlerKind::kZoo);
  CHECK_FALSE(match->access_denied);
  const Handler* handler = match->handler;
  const Application* application = find_application(config, *handler);
  REQUIRE(application != nullptr);
  ExpandedEnvironment environment = expanded(*application, folder, paths);
  CHECK(environment.faults().empty());
  Settings settings = read_settings(environment, folder, paths);
  CHECK(settings.faults.empty());
  return {std::move(config), handler, application, std::move(environment), std::move(settings)};
}

ConfigDocument app_fixture(const std::string& name) {
  ConfigProblems problems;
  ConfigDocument document = fixture("apps/" + name, ConfigFileKind::kWeb, problems);
  for (const ConfigProblem& item : problems.items()) UNSCOPED_INFO(to_text(item));
  CHECK(problems.items().empty());
  return document;
}

std::string value(const Meaning& meaning, std::string_view name) {
  const std::string* found = meaning.environment.find_configured(name);
  return found == nullptr ? "not there" : *found;
}

}  // namespace

TEST_CASE("an application whose handlers have another name", "[webconfig_reader][apps]") {
  const ConfigDocument document = app_fixture("rails-other-name.config");
  for (const Bitness bitness : {Bitness::k32, Bitness::k64}) {
    const Meaning rails = meaning_of(document, bitness);
    CHECK(rails.handler->name == (bitness == Bitness::k32 ? "shop.project#x86" : "shop.project#x64"));
    CHECK(rails.handler->script_processor == "ruby.1.9.rack");
    CHECK(rails.application->name == "sinatra.project");
    CHECK(value(rails, "RACK_ENV") == "not there");
    REQUIRE(rails.config.rewrite_rules.size() == 1);
    CHECK(rails.config.rewrite_rules[0].conditions.size() == 2);
  }
  const ConfigDocument files = app_fixture("rails-public.config");
  const FolderConfig below = merge(nullptr, {{"", &document, true}, {"public", &files, false}});
  CHECK(match_handler(below, {"/public/a.css", "GET"}, {}, [](const std::string&) {
          return ResourceKind::kFile;
        })->kind == HandlerKind::kStatic);
}

TEST_CASE("an application that opens request filtering", "[webconfig_reader][apps]") {
  const Meaning wiki = meaning_of(app_fixture("java-context.config"), Bitness::k64, "C:\\site", windows_paths());
  CHECK(wiki.handler->script_processor == "java.jetty.8");
  CHECK(value(wiki, "WAR_EXTRACT_PATH") == "C:\\site");
  CHECK(value(wiki, "JAVA_HOME") == "C:\\Program Files\\Java\\jdk");
  CHECK(value(wiki, "CONTEXT_PATH") == "/wiki");
  const RequestFilter& filter = wiki.config.filter;
  for (const auto& extension : filter.extensions) {
    CHECK(extension.name != ".java");
    CHECK(extension.name != ".config");
    CHECK(extension.name != ".cs");
  }
  CHECK(std::ranges::find(filter.hidden_segments, "web.config") == filter.hidden_segments.end());
  CHECK(std::ranges::find(filter.hidden_segments, "bin") != filter.hidden_segments.end());
}

TEST_CASE("applications of version 1: one for each bitness", "[webconfig_reader][apps]") {
  const ConfigDocument goliath = app_fixture("goliath-v1.config");
  CHECK(value(meaning_of(goliath, Bitness::k32), "APP_WORKER") == "feeds.rb");
  CHECK(value(meaning_of(goliath, Bitness::k64), "APP_WORKER") == "feeds64.rb");
  CHECK(value(meaning_of(goliath, Bitness::k64), "RACK_ENV") == "production");

  const Meaning node = meaning_of(app_fixture("node-v1.config"), Bitness::k64);
  CHECK(value(node, "APP_WORKER") == "/site/chat.js");
  CHECK(value(node, "NODE_PATH") == "/site/node_modules");

  const ConfigDocument role = app_fixture("django-role-v1.config");
  const Meaning django = meaning_of(role, Bitness::k32);
  CHECK(django.handler->script_processor == "python.2.7.pipe");
  CHECK(value(django, "PYTHONPATH") == "/site/project:/site/lib:/lib/python");
  CHECK(value(django, "django.root") == "/shop");
  REQUIRE(django.config.rewrite_rules.size() == 1);
  CHECK(django.config.rewrite_rules[0].action.url == "/static/robots.txt");
}

TEST_CASE("an application with a deploy script and watched files", "[webconfig_reader][apps]") {
  const ConfigDocument document = app_fixture("django-deploy-v2.config");
  const Meaning posix = meaning_of(document, Bitness::k64, "/srv/site");
  CHECK(value(posix, "PYTHONPATH") == "/srv/site:/srv/site/../packages/Lib/site-packages");
  CHECK(posix.settings.deploy_file == "/srv/site/deploy.py");
  CHECK(fs::path(posix.settings.deploy_log).lexically_normal() == "/srv/logs/deploy.log");
  CHECK(posix.settings.watch_masks == std::vector<std::string>{"*.py"});
  CHECK(posix.settings.request_timeout == std::chrono::seconds(60));  // what is in a comment does not count
  CHECK(posix.settings.error_log_dir.empty());
  CHECK(posix.settings.deploy_mode == DeployMode::kEveryStart);
  CHECK(posix.config.errors.mode == HttpErrors::Mode::kDetailed);
  const Meaning windows = meaning_of(document, Bitness::k64, "C:\\site", windows_paths());
  CHECK(windows.settings.deploy_file == "C:\\site\\deploy.py");
  CHECK(value(windows, "PYTHONPATH") == "C:\\site;C:\\site\\..\\packages\\Lib\\site-packages");
}

TEST_CASE("an application with a virtual environment", "[webconfig_reader][apps]") {
  const Meaning python = meaning_of(app_fixture("python-venv-v3.config"), Bitness::k64);
  CHECK(value(python, "PATH") == "/site/venv/Scripts:/bin");
  CHECK(value(python, "PYTHONPATH") == "/site:/site/pictures:/site/pictures/contrib");
  CHECK(value(python, "django.root") == "pictures");
  CHECK(python.settings.request_timeout == std::chrono::seconds(90));
  CHECK(python.settings.error_log_dir == "/site/log");
  CHECK(python.settings.deploy_log == "/site/log/deploy.log");
  CHECK(python.settings.console_url == "console/");
  CHECK(python.settings.warnings.size() == 1);
}
