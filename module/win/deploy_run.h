// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "module/core/app_platform.h"
#include "module/win/event_loop.h"
#include "module/win/process.h"

namespace zoo::module {

/// One run of a deploy script, as AppPlatform::run_deploy() says: also the worker processes of a web garden and those
/// that overlap while IIS recycles wait until its lock file is gone. `done` may destroy the run later, not at once.
class DeployRun final : public Activity {
 public:
  using Done = AppPlatform::Deployed;

  DeployRun(EventLoop& loop, DeployPlan plan, EnvironmentList environment, Done done);
  ~DeployRun() override;

 private:
  class Lock;

  void on_timer();
  void start();
  void on_exit(std::string_view how);
  void write_log(std::string_view text);
  void finish(std::string problem);

  EventLoop& loop_;
  DeployPlan plan_;
  EnvironmentList environment_;
  Done done_;
  Timer timer_;
  std::unique_ptr<Lock> lock_;
  std::unique_ptr<Process> process_;
  std::size_t logged_ = 0;
  bool timed_out_ = false;
};

}  // namespace zoo::module
