// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/app_definition.h"
#include "module/core/clock.h"
#include "module/core/error_log.h"
#include "module/core/event_reporter.h"
#include "module/core/settings.h"
#include "module/core/worker_pool.h"
#include "module/win/deploy_run.h"
#include "module/win/event_loop.h"
#include "module/win/file_watch.h"
#include "module/win/launcher.h"

namespace zoo::module {

/// One application at work: its deploy script first, then its workers; starts anew when watched files change. On the
/// thread of the loop only.
class ZooApplication final : private LeaseHolder {
 public:
  ZooApplication(std::shared_ptr<const AppDefinition> definition, EventLoop& loop, const Clock& clock,
                 EventReporter& events);
  ~ZooApplication() override;

  void submit(Exchange& exchange);
  const AppDefinition& definition() const { return *definition_; }

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
  void log(LogLevel level, const std::string& text);
  std::unique_ptr<Worker> make_worker(WorkerOwner& owner) const;

  std::shared_ptr<const AppDefinition> definition_;
  EventLoop& loop_;
  const Clock& clock_;
  EventReporter& events_;
  WinLauncher launcher_;
  std::unique_ptr<ErrorLog> log_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<FileWatch> watch_;
  std::unique_ptr<DeployRun> deploy_;
  std::deque<Exchange*> waiting_;  // for the deploy script
  FailureInfo deploy_failure_;
  Phase phase_ = Phase::kRunning;
  bool preloaded_ = false;
  bool stopping_ = false;
};

}  // namespace zoo::module
