// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "module/core/deploy_plan.h"
#include "module/core/environment.h"
#include "module/win/event_loop.h"
#include "module/win/process.h"

namespace zoo::module {

/// One run of an application's deploy script. Only one process runs a script at a time, also across the worker
/// processes of a web garden and those that overlap while IIS recycles: the others wait until its lock file is gone.
class DeployRun final {
 public:
  /// `problem` is empty after success; `output`: the end of what the script has printed. May destroy the run later, not
  /// at once.
  using Done = std::function<void(const std::string& problem, const std::string& output)>;

  DeployRun(EventLoop& loop, DeployPlan plan, EnvironmentList environment, Done done);
  DeployRun(const DeployRun&) = delete;
  DeployRun& operator=(const DeployRun&) = delete;
  ~DeployRun();

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
