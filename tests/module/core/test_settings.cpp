// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "module/core/deploy_plan.h"
#include "module/core/settings.h"

using namespace zoo::module;

namespace {

Settings settings_of(const std::vector<Variable>& application, const EnvironmentList& process = {}) {
  RuntimeFacts facts;
  facts.appl_physical_path = "/srv/app";
  facts.appl_virtual_path = "/";
  const std::vector<Variable> engine;
  const ExpandedEnvironment environment({facts, engine, application, process, posix_paths(), false});
  return read_settings(environment, "/srv/app", posix_paths());
}

using Chrono = std::chrono::system_clock::time_point;

}  // namespace

TEST_CASE("settings have defaults", "[settings]") {
  const Settings settings = settings_of({}, {{"WORKER_REQUEST_TIMEOUT", "5"}, {"DEPLOY_FILE", "/etc/x"}});
  CHECK(settings.deploy_file.empty());
  CHECK(settings.error_log_dir.empty());
  CHECK(settings.error_log_level == LogLevel::kWarning);
  CHECK(settings.current_directory == "/srv/app");
  CHECK(settings.request_timeout == std::chrono::seconds(60));
  CHECK(settings.post_buffer == 65536);
  CHECK(settings.strategy == WorkerStrategy::kSmart);
  CHECK(settings.deploy_mode == DeployMode::kEveryStart);
  CHECK(settings.faults.empty());
  CHECK(settings.warnings.empty());
}

TEST_CASE("settings are read", "[settings]") {
  const Settings settings = settings_of({{"DEPLOY_FILE", "deploy.py", {}},
                                         {"DEPLOY_LOG", "..\\logs\\deploy.log", {}},
                                         {"DEPLOY_MODE", "Once", {}},
                                         {"ERROR_LOG_DIR", "log/ErrorLogs", {}},
                                         {"ERROR_LOG_FILE", "zoo.log", {}},
                                         {"ERROR_LOG_LEVEL", "Trace", {}},
                                         {"CURRENT_DIRECTORY", "%APPL_PHYSICAL_SHORT_PATH%\\work", {}},
                                         {"WATCH_FILE_CHANGES_MASK", "*.py; conf\\*.yml,php.ini", {}},
                                         {"WORKER_REQUEST_TIMEOUT", " 1000 ", {}},
                                         {"POST_BUFFER", "128", {}},
                                         {"POST_CACHE_DIR", "tmp", {}},
                                         {"PROXYPASS", "%APPL_VIRTUAL_PATH%", {}},
                                         {"ZOO_SUBSTITUTE_HOST", "zoo1", {}},
                                         {"ZOO_STRATEGY", "Fixed", {}}});
  CHECK(settings.deploy_file == "/srv/app/deploy.py");
  CHECK(settings.deploy_log == "/srv/app/../logs/deploy.log");
  CHECK(settings.deploy_mode == DeployMode::kOnce);
  CHECK(settings.error_log_dir == "/srv/app/log/ErrorLogs");
  CHECK(settings.error_log_file == "zoo.log");
  CHECK(settings.error_log_level == LogLevel::kTrace);
  CHECK(settings.current_directory == "/srv/app/work");
  CHECK(settings.watch_masks == std::vector<std::string>{"*.py", "conf/*.yml", "php.ini"});
  CHECK(settings.request_timeout == std::chrono::seconds(1000));
  CHECK(settings.post_buffer == 128 * 1024);
  CHECK(settings.post_cache_dir == "/srv/app/tmp");
  CHECK(settings.proxy_pass == "/");
  CHECK(settings.substitute_host == "zoo1");
  CHECK(settings.strategy == WorkerStrategy::kFixed);
  CHECK(settings.faults.empty());
}

TEST_CASE("PROXYPASS is a path", "[settings]") {
  CHECK(settings_of({{"PROXYPASS", "/api/", {}}}).proxy_pass == "/api/");
  CHECK(settings_of({{"PROXYPASS", "http://localhost:3000/base", {}}}).proxy_pass == "/base");
  CHECK(settings_of({{"PROXYPASS", "http://localhost:3000", {}}}).proxy_pass == "/");
  CHECK(settings_of({}).proxy_pass.empty());
  for (const char* bad : {"api", "/a b", "/a?b", "/a\r\nX: y"}) {
    const Settings settings = settings_of({{"PROXYPASS", bad, {}}});
    CHECK(settings.faults.size() == 1);
    CHECK(settings.proxy_pass.empty());
  }
}

TEST_CASE("NULL and -1 mean what they say", "[settings]") {
  CHECK(settings_of({{"ERROR_LOG_DIR", "null", {}}}).error_log_dir.empty());
  CHECK(settings_of({{"WORKER_REQUEST_TIMEOUT", "-1", {}}}).request_timeout == std::chrono::seconds(60));
  CHECK(settings_of({{"WORKER_REQUEST_TIMEOUT", "0", {}}}).request_timeout == std::chrono::seconds(0));
  CHECK(settings_of({{"WORKER_REQUEST_TIMEOUT", "", {}}}).faults.empty());
}

TEST_CASE("bad settings are faults that name the value", "[settings]") {
  const Settings settings = settings_of({{"WORKER_REQUEST_TIMEOUT", "soon", {}},
                                         {"POST_BUFFER", "-5", {}},
                                         {"ZOO_STRATEGY", "clever", {}},
                                         {"DEPLOY_MODE", "never", {}},
                                         {"ERROR_LOG_FILE", "../x.log", {}},
                                         {"ZOO_SUBSTITUTE_HOST", "a\r\nb", {}},
                                         {"ERROR_LOG_LEVEL", "loud", {}}});
  CHECK(settings.faults.size() == 6);
  CHECK(settings.warnings.size() == 1);
  CHECK(settings.substitute_host.empty());
  CHECK(settings.faults[0].find("DEPLOY_MODE=\"never\"") == 0);
}

TEST_CASE("the web console is refused aloud", "[settings]") {
  const Settings settings = settings_of({{"CONSOLE_URL", "console/", {}}});
  CHECK(settings.console_url == "console/");
  CHECK(settings.faults.empty());
  REQUIRE(settings.warnings.size() == 1);
  CHECK(settings.warnings[0].find("there is no web console") != std::string::npos);
}

TEST_CASE("watch masks", "[settings]") {
  CHECK(matches_watch_mask("*.py", "app\\views.PY"));
  CHECK(matches_watch_mask("php.ini", "conf/php.ini"));
  CHECK(matches_watch_mask("conf\\*.yml", "conf/a.yml"));
  CHECK_FALSE(matches_watch_mask("*.py", "a.pyc"));
  CHECK_FALSE(matches_watch_mask("conf/*.yml", "a.yml"));
}

TEST_CASE("what a deploy script's run leaves behind is no change that could mend it", "[deploy_plan]") {
  Settings settings;
  settings.deploy_file = "C:\\sites\\shop\\deploy.py";
  settings.deploy_log = "C:\\sites\\shop\\log\\deploy.log";
  settings.error_log_dir = "C:\\sites\\shop\\errors";
  for (const char* path :
       {"log\\deploy.log", "LOG\\Deploy.log", "log", "errors", "errors\\ZooError-1.log", "deploy.py.lock"}) {
    CHECK(is_trace_of_deploy(settings, "C:\\sites\\shop", path));
  }
  for (const char* path : {"", "deploy.py", "log\\other.py", "errors.py", "app\\log\\deploy.log"}) {
    CHECK_FALSE(is_trace_of_deploy(settings, "C:\\sites\\shop", path));
  }
  settings.deploy_log = "/srv/app/../logs/deploy.log";
  CHECK(is_trace_of_deploy(settings, "/srv/app", "../logs/deploy.log"));
  CHECK_FALSE(is_trace_of_deploy(Settings{}, "/srv/app", "log"));
}

TEST_CASE("the deploy plan", "[deploy_plan]") {
  CHECK_FALSE(deploy_plan(Settings{}, "/usr/bin/python3", "/srv/app").has_value());
  Settings settings = settings_of({{"DEPLOY_FILE", "deploy.py", {}}, {"DEPLOY_LOG", "log\\d.log", {}}});
  auto plan = deploy_plan(settings, "/usr/bin/python3", "/srv/app");
  REQUIRE(plan.has_value());
  CHECK(plan->program == "/usr/bin/python3");
  CHECK(plan->arguments == "\"/srv/app/deploy.py\"");
  CHECK(plan->directory == "/srv/app");
  CHECK(plan->log == "/srv/app/log/d.log");
  CHECK(plan->rename_to.empty());
  settings.deploy_mode = DeployMode::kOnce;
  CHECK(deploy_plan(settings, "p", "/srv/app")->rename_to == "/srv/app/deploy_done.py");
  CHECK(deployed_name("C:\\a.b\\deploy") == "C:\\a.b\\deploy_done");
  CHECK(deployed_name("/a/.hidden") == "/a/.hidden_done");
}

TEST_CASE("how a deploy has ended", "[deploy_plan]") {
  DeployPlan plan;
  plan.script = "deploy.py";
  plan.timeout = std::chrono::seconds(5);
  CHECK(deploy_problem(plan, false, 0, "exit code 0").empty());
  CHECK(deploy_problem(plan, false, 3, "exit code 3") == "the deploy script deploy.py failed with exit code 3");
  CHECK(deploy_problem(plan, true, 0, "signal 9") ==
        "the deploy script deploy.py took longer than 5 seconds and was ended");
}

TEST_CASE("the lines around a deploy", "[deploy_plan]") {
  const Chrono time{std::chrono::seconds(1385197500)};  // 2013-11-23 09:05:00 UTC
  CHECK(deploy_begin_line(time) == "23/11/2013 09:05:00 --== Deploy begin ==-- \n");
  CHECK(deploy_end_line(time, 0) == "23/11/2013 09:05:00 --== Deploy finished ==-- \n");
  CHECK(deploy_end_line(time, 3) == "23/11/2013 09:05:00 --== Deploy finished ==-- exit code 3\n");
}
