// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "module/core/app_platform.h"
#include "module/win/event_loop.h"

namespace zoo::module {

/// Applications run on this loop, their workers as child processes. The loop must outlive them.
class WinPlatform final : public AppPlatform {
 public:
  explicit WinPlatform(EventLoop& loop) : loop_(loop) {}

  void post(std::function<void()> callback) override;
  std::unique_ptr<WorkerLauncher> make_launcher(WorkerOutput output) override;
  std::unique_ptr<Activity> watch_folder(const std::string& folder, FilesChanged changed) override;
  std::unique_ptr<Activity> run_deploy(const DeployPlan& plan, const EnvironmentList& environment,
                                       Deployed done) override;

 private:
  EventLoop& loop_;
};

}  // namespace zoo::module
