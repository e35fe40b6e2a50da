// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/clock.h"
#include "module/core/error_log.h"
#include "module/core/settings.h"
#include "module/core/worker_pool.h"
#include "module/host/deploy_run.h"
#include "module/host/route.h"
#include "module/posix/event_loop.h"
#include "module/posix/file_watch.h"
#include "module/posix/launcher.h"

namespace zoo::module {

enum class WorkerProtocol { kFastCgi, kHttp };

/// All that an application needs to run, read from the configuration.
struct AppDefinition {
  std::string name;
  std::string folder;
  std::string virtual_path;  ///< "" for the root
  LaunchSpec spec;
  PoolSettings pool;
  WorkerProtocol protocol = WorkerProtocol::kFastCgi;
  Settings settings;
  std::vector<std::string> faults;

  /// Differs when anything does that a running application cannot take over.
  std::string fingerprint() const;
};

/// One application at work: its deploy script first, then its workers; starts anew when watched files change.
class AppService final : public Backend, private LeaseHolder {
 public:
  struct Parts {
    EventLoop& loop;
    const Clock& clock;
    /// Lines for the program's own output.
    std::function<void(const std::string&)> say;
  };

  AppService(AppDefinition definition, Parts parts);
  ~AppService() override;

  void submit(Exchange& exchange) override;
  std::string_view name() const override { return definition_.name; }

  std::string fingerprint() const { return definition_.fingerprint(); }
  void fill_body_limits(Route& route) const;

  /// Takes no further requests; ends when those that it has are answered.
  void stop();
  bool stopped() const;
  void tick();
  TimePoint next_check() const;
  void collect() { pool_->collect(); }

 private:
  enum class Phase { kUndeployed, kDeploying, kRunning, kFailed };

  void release(Exchange& exchange) override;
  void set_paused(Exchange&, bool) override {}
  bool send_tunnel(Exchange&, std::string_view) override { return true; }

  void start_deploy();
  void on_deployed(const std::string& problem, const std::string& output);
  void on_files_changed(const std::vector<std::string>& paths);
  void watch_files();
  void submit_waiting();
  void on_pool_event(PoolEvent event, int process, std::string_view text);
  void on_worker_output(int process, std::string_view text);
  void log(LogLevel level, const std::string& text);
  std::unique_ptr<Worker> make_worker(WorkerOwner& owner) const;

  AppDefinition definition_;
  Parts parts_;
  PosixLauncher launcher_;
  std::unique_ptr<ErrorLog> log_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<FileWatch> watch_;
  std::unique_ptr<DeployRun> deploy_;
  std::deque<Exchange*> waiting_;  // for the deploy script
  Phase phase_ = Phase::kRunning;
  FailureInfo deploy_failure_;
  bool stopping_ = false;
};

}  // namespace zoo::module
