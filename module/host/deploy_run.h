// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "module/core/deploy_plan.h"
#include "module/core/environment.h"
#include "module/posix/event_loop.h"
#include "module/posix/process.h"

namespace zoo::module {

/// One run of a deploy script. Only one runs at a time for each script, also across processes: others wait for it.
class DeployRun {
 public:
  /// `problem` is empty after success; `output` is the end of what the script printed.
  using Done = std::function<void(const std::string& problem, const std::string& output)>;

  /// `done` is called later, never from here; it may destroy the run.
  DeployRun(EventLoop& loop, DeployPlan plan, EnvironmentList environment, Done done);
  ~DeployRun();
  DeployRun(const DeployRun&) = delete;
  DeployRun& operator=(const DeployRun&) = delete;

 private:
  void try_start();
  void start();
  void write_log(std::string_view text);
  void on_timer();
  void on_exit(std::string_view how);
  void finish(std::string problem);

  EventLoop& loop_;
  DeployPlan job_;
  EnvironmentList environment_;
  Done done_;
  Timer timer_;
  int lock_ = -1;
  int log_ = -1;
  std::size_t logged_ = 0;
  std::unique_ptr<Process> process_;
  bool timed_out_ = false;
};

}  // namespace zoo::module
