// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/app_definition.h"
#include "module/core/app_platform.h"
#include "module/core/clock.h"
#include "module/core/error_log.h"
#include "module/core/event_reporter.h"
#include "module/core/worker_pool.h"

namespace zoo::module {

/// One application at work: its deploy script first, then its workers; starts anew when watched files change. On one
/// thread, that of the platform's event loop.
class AppService final : private LeaseHolder {
 public:
  struct Parts {
    AppPlatform& platform;
    const Clock& clock;
    /// Hears all that the log may have; `event` if it is trouble that an administrator has to know of. A failed deploy
    /// comes with the end of what the script has printed. May be empty.
    std::function<void(std::optional<EventId> event, const std::string& text)> tell;
  };

  AppService(std::shared_ptr<const AppDefinition> definition, Parts parts);
  ~AppService() override;

  void submit(Exchange& exchange);
  const AppDefinition& definition() const noexcept { return *definition_; }

  /// Deploys it if that is due and starts the minimum of workers, before there is a request.
  void preload();
  /// Takes no further requests; ends when those that it has are answered.
  void stop();
  bool stopped() const;
  void tick();
  TimePoint next_check() const { return pool_->next_check(); }
  void collect() { pool_->collect(); }

 private:
  enum class Phase { kUndeployed, kDeploying, kRunning, kFailed };

  void release(Exchange& exchange) override;
  void set_paused(Exchange&, bool) override {}
  bool send_tunnel(Exchange&, std::string_view) override { return true; }

  void dispatch(Exchange& exchange);
  void start_deploy();
  void begin_running();
  void on_deployed(const std::string& problem, const std::string& output);
  void submit_waiting();
  void watch_files();
  void on_files_changed(const std::vector<std::string>& paths);
  void on_pool_event(PoolEvent event, int process, std::string_view text);
  void on_worker_output(int process, std::string_view text);
  void write_log(LogLevel level, const std::string& text);
  void note(LogLevel level, const std::string& text, std::optional<EventId> event = std::nullopt);
  std::unique_ptr<Worker> make_worker(WorkerOwner& owner) const;

  std::shared_ptr<const AppDefinition> definition_;
  Parts parts_;
  std::unique_ptr<WorkerLauncher> launcher_;
  std::unique_ptr<ErrorLog> log_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<Activity> watch_;
  std::shared_ptr<Activity> deploy_;
  std::deque<Exchange*> waiting_;  // for the deploy script
  FailureInfo deploy_failure_;
  Phase phase_ = Phase::kRunning;
  bool preloaded_ = false;
  bool stopping_ = false;
};

}  // namespace zoo::module
