// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "module/core/app_platform.h"
#include "module/posix/event_loop.h"
#include "module/posix/process.h"

namespace zoo::module {

/// One run of a deploy script, as AppPlatform::run_deploy() says.
class DeployRun final : public Activity {
 public:
  using Done = AppPlatform::Deployed;

  DeployRun(EventLoop& loop, DeployPlan plan, EnvironmentList environment, Done done);
  ~DeployRun() override;

 private:
  void try_start();
  void start();
  void write_log(std::string_view text);
  void on_timer();
  void on_exit(std::string_view how);
  void finish(std::string problem);

  EventLoop& loop_;
  DeployPlan plan_;
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
