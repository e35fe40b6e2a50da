// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "module/core/app_service.h"
#include "tests/module/core/fake_workers.h"

using namespace zoo::module;
using namespace zoo::module::test;
using std::chrono::seconds;

namespace {

/// Plays the operating system: nothing happens before the test says so.
class FakePlatform final : public AppPlatform {
 public:
  void post(std::function<void()> callback) override { posted.push_back(std::move(callback)); }
  std::unique_ptr<WorkerLauncher> make_launcher(WorkerOutput output) override {
    print = std::move(output);
    return std::make_unique<Forward>(launcher);
  }
  std::unique_ptr<Activity> watch_folder(const std::string&, FilesChanged callback) override {
    change = std::move(callback);
    return std::make_unique<Counted>(watches);
  }
  std::unique_ptr<Activity> run_deploy(const DeployPlan& plan, const EnvironmentList&, Deployed done) override {
    script = plan.script;
    ++deploys;
    finish = std::move(done);
    return std::make_unique<Counted>(deploys_alive);
  }
  /// What the loop does between two batches of events.
  void run_posted() {
    for (const auto& callback : std::exchange(posted, {})) callback();
  }

  FakeLauncher launcher;
  std::vector<std::function<void()>> posted;
  WorkerOutput print;
  FilesChanged change;
  Deployed finish;
  std::string script;
  int deploys = 0;
  int deploys_alive = 0;
  int watches = 0;

 private:
  class Forward final : public WorkerLauncher {
   public:
    explicit Forward(FakeLauncher& to) : to_(to) {}
    std::unique_ptr<WorkerProcess> launch(const LaunchSpec& spec, ProcessEvents& events, std::string& error) override {
      return to_.launch(spec, events, error);
    }

   private:
    FakeLauncher& to_;
  };
  class Counted final : public Activity {
   public:
    explicit Counted(int& count) : count_(count) { ++count_; }
    ~Counted() override { --count_; }

   private:
    int& count_;
  };
};

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("zoo-app-" + std::to_string(++number))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string text() const { return path_.string(); }
  std::string make(const std::string& name) const {
    std::ofstream(path_ / name) << "print()\n";
    return (path_ / name).string();
  }

 private:
  static inline int number = 0;
  std::filesystem::path path_;
};

struct Fixture {
  /// An application with two workers at most; `change` may add to its definition.
  explicit Fixture(const std::function<void(AppDefinition&)>& change = [](AppDefinition&) {}) {
    auto definition = std::make_shared<AppDefinition>();
    definition->name = "test.project";
    definition->folder = folder.text();
    definition->pool.max_instances = 2;
    change(*definition);
    service = std::make_unique<AppService>(
        definition, AppService::Parts{platform, clock, [this](std::optional<EventId> event, const std::string& text) {
                                        told.emplace_back(event, text);
                                      }});
  }
  FakeExchange& submit() {
    exchanges.push_back(std::make_unique<FakeExchange>());
    service->submit(*exchanges.back());
    return *exchanges.back();
  }
  /// Lets the worker at `index` answer the first request that it has.
  void answer(std::size_t index = 0) {
    FakeProcess& worker = *platform.launcher.processes.at(index);
    if (worker.records().size() <= 1) worker.become_ready();
    worker.answer(worker.waiting().at(0));
  }
  bool has_told(std::optional<EventId> event, const std::string& text) const {
    return std::ranges::any_of(
        told, [&](const auto& entry) { return entry.first == event && entry.second.find(text) != std::string::npos; });
  }

  Folder folder;
  FakeClock clock;
  FakePlatform platform;
  std::vector<std::pair<std::optional<EventId>, std::string>> told;
  std::vector<std::unique_ptr<FakeExchange>> exchanges;
  std::unique_ptr<AppService> service;
};

/// With a deploy script that is there, and files that are watched.
Fixture deployed() {
  return Fixture([](AppDefinition& definition) {
    definition.settings.deploy_file = (std::filesystem::path(definition.folder) / "deploy.py").string();
    std::ofstream(definition.settings.deploy_file) << "print()\n";
    definition.settings.watch_masks = {"*.py"};
  });
}

}  // namespace

TEST_CASE("requests wait for the deploy script, which runs once", "[app_service]") {
  Fixture f = deployed();
  CHECK(f.platform.deploys == 0);
  FakeExchange& first = f.submit();
  FakeExchange& second = f.submit();
  CHECK(f.platform.deploys == 1);
  CHECK(f.platform.script.ends_with("deploy.py"));
  CHECK(f.platform.launcher.launched == 0);
  f.platform.finish({}, "done");
  f.platform.run_posted();
  CHECK(f.platform.deploys_alive == 0);
  REQUIRE(f.platform.launcher.launched >= 1);
  f.answer();
  CHECK(first.ended);
  f.answer();
  CHECK(second.ended);
  f.submit();
  f.answer();
  CHECK(f.platform.deploys == 1);
}

TEST_CASE("a script that is not there has nothing to do", "[app_service]") {
  Fixture f([](AppDefinition& definition) { definition.settings.deploy_file = definition.folder + "/deploy.py"; });
  FakeExchange& request = f.submit();
  CHECK(f.platform.deploys == 0);
  f.answer();
  CHECK(request.ended);
}

TEST_CASE("a failed deploy is told, and tried again when a file has changed that is no trace of it", "[app_service]") {
  Fixture f = deployed();
  FakeExchange& waiting = f.submit();
  f.platform.finish("the deploy script failed with exit code 3", std::string(9000, 'x') + "no such table");
  f.platform.run_posted();
  REQUIRE(waiting.failed);
  CHECK(waiting.failure.kind == ExchangeFailure::kDeployFailed);
  CHECK(waiting.failure.worker_errors.ends_with("no such table"));
  CHECK(f.has_told(EventId::kDeployFailed, "no such table"));
  CHECK(std::ranges::all_of(f.told, [](const auto& entry) { return entry.second.size() < 5000; }));

  CHECK(f.submit().failure.kind == ExchangeFailure::kDeployFailed);
  CHECK(f.platform.watches == 1);
  f.platform.change({"deploy.py.lock"});
  CHECK(f.submit().failed);
  CHECK(f.platform.deploys == 1);

  f.platform.change({"settings.ini"});  // whatever the masks are
  FakeExchange& again = f.submit();
  CHECK(f.platform.deploys == 2);
  f.platform.finish({}, {});
  f.answer();
  CHECK(again.ended);
}

TEST_CASE("a watched file restarts the application, its script first", "[app_service]") {
  Fixture f = deployed();
  f.submit();
  f.platform.change({"views.py"});  // while the script runs: it may be the script's own doing
  f.platform.finish({}, {});
  f.answer();
  REQUIRE(f.platform.launcher.launched == 1);

  f.platform.change({"notes.txt"});
  CHECK_FALSE(f.has_told(std::nullopt, "is being restarted"));
  f.platform.change({"notes.txt", "app/views.py"});
  CHECK(f.has_told(std::nullopt, "is being restarted: app/views.py has changed"));
  FakeExchange& next = f.submit();
  CHECK(f.platform.deploys == 2);
  CHECK_FALSE(next.ended);
  f.platform.finish({}, {});
  CHECK(f.platform.launcher.launched == 2);
}

TEST_CASE("more changes than the system tells restart it, too", "[app_service]") {
  Fixture f([](AppDefinition& definition) { definition.settings.watch_masks = {"*.py"}; });
  f.submit();
  f.answer();
  f.platform.change({""});
  CHECK(f.has_told(std::nullopt, "much has changed"));
}

TEST_CASE("nothing is watched without a mask", "[app_service]") {
  Fixture f;
  CHECK(f.platform.watches == 0);
}

TEST_CASE("what is configured wrongly answers every request and starts nothing", "[app_service]") {
  Fixture f([](AppDefinition& definition) { definition.faults = {"the engine x is not there", "and more"}; });
  FakeExchange& request = f.submit();
  REQUIRE(request.failed);
  CHECK(request.failure.kind == ExchangeFailure::kConfiguration);
  CHECK(request.failure.text == "the engine x is not there");
  f.service->preload();
  CHECK(f.platform.launcher.launched == 0);
}

TEST_CASE("requests that wait for the script are answered after the application was stopped", "[app_service]") {
  Fixture f = deployed();
  FakeExchange& waiting = f.submit();
  f.service->stop();
  CHECK(f.submit().failure.kind == ExchangeFailure::kStopping);
  CHECK_FALSE(f.service->stopped());
  f.platform.finish({}, {});
  f.answer();
  CHECK(waiting.ended);
  f.service->tick();
  CHECK(f.platform.launcher.processes.at(0)->stop_requested);
  f.platform.launcher.processes.at(0)->exit("exit code 0");
  f.service->collect();
  CHECK(f.service->stopped());
}

TEST_CASE("an application that goes while its script runs fails what waits", "[app_service]") {
  Fixture f = deployed();
  FakeExchange& waiting = f.submit();
  f.service.reset();
  CHECK(waiting.failed);
  CHECK(waiting.failure.kind == ExchangeFailure::kStopping);
  CHECK(f.platform.deploys_alive == 0);
  CHECK(f.platform.watches == 0);
}

TEST_CASE("a client that leaves while the script runs is forgotten", "[app_service]") {
  Fixture f = deployed();
  FakeExchange& leaves = f.submit();
  FakeExchange& stays = f.submit();
  leaves.cancel();
  f.platform.finish({}, {});
  f.answer();
  CHECK_FALSE(leaves.ended);
  CHECK_FALSE(leaves.failed);
  CHECK(stays.ended);
}

TEST_CASE("no more requests wait for the script than the queue takes", "[app_service]") {
  Fixture f = deployed();
  const std::size_t most = f.service->definition().pool.max_queue;
  for (std::size_t i = 0; i < most; ++i) f.submit();
  FakeExchange& refused = f.submit();
  REQUIRE(refused.failed);
  CHECK(refused.failure.kind == ExchangeFailure::kQueueFull);
  CHECK(refused.failure.retry_after > 0);
}

TEST_CASE("preloading deploys and starts the minimum of workers", "[app_service]") {
  Folder folder;
  Fixture f([&](AppDefinition& definition) {
    definition.pool.min_instances = 2;
    definition.settings.deploy_file = folder.make("deploy.py");
  });
  f.service->preload();
  CHECK(f.platform.deploys == 1);
  CHECK(f.platform.launcher.launched == 0);
  f.platform.finish({}, {});
  CHECK(f.platform.launcher.launched == 2);
}

TEST_CASE("trouble with workers and what they print is told", "[app_service]") {
  Fixture f;
  f.submit();
  f.platform.launcher.processes.at(0)->become_ready();
  f.platform.print(7, "first line\n\nsecond line");
  CHECK(f.has_told(std::nullopt, "Worker 7: first line"));
  CHECK(f.has_told(std::nullopt, "Worker 7: second line"));
  f.platform.launcher.processes.at(0)->exit("exit code 3");
  CHECK(f.has_told(EventId::kWorkerEnded, "exit code 3"));
  f.platform.launcher.refuse = true;
  f.clock.advance(seconds(60));
  f.service->tick();
  f.submit();
  CHECK(f.has_told(EventId::kWorkerNotStarted, "no such program"));
}
