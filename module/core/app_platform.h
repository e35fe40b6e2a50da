// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/deploy_plan.h"
#include "module/core/environment.h"
#include "module/core/worker_process.h"

/// What an application needs of the operating system and of its event loop; module/posix and module/win implement it,
/// tests fake it. Everything is called on the loop's thread, and calls back on it.
namespace zoo::module {

/// Something that goes on by itself until it is destroyed.
class Activity {
 public:
  Activity() = default;
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;
  virtual ~Activity() = default;
};

class AppPlatform {
 public:
  /// Told of what workers print.
  using WorkerOutput = std::function<void(int process, std::string_view text)>;
  /// Paths relative to the folder, each once, with the system's separator. "" stands for more changes than the system
  /// tells one by one. It must not destroy the watch.
  using FilesChanged = std::function<void(const std::vector<std::string>& paths)>;
  /// `problem` is empty after success; `output` is the end of what the script printed. It may destroy the run.
  using Deployed = std::function<void(const std::string& problem, const std::string& output)>;

  AppPlatform() = default;
  AppPlatform(const AppPlatform&) = delete;
  AppPlatform& operator=(const AppPlatform&) = delete;
  virtual ~AppPlatform() = default;

  /// Calls back from outside of all other callbacks.
  virtual void post(std::function<void()> callback) = 0;
  virtual std::unique_ptr<WorkerLauncher> make_launcher(WorkerOutput output) = 0;
  /// Watches a folder with all that is below it. A folder that cannot be watched is one in which nothing changes.
  virtual std::unique_ptr<Activity> watch_folder(const std::string& folder, FilesChanged changed) = 0;
  /// Runs a deploy script. Only one runs at a time for each script, also across processes: others wait for it.
  /// `done` is called later, never from here.
  virtual std::unique_ptr<Activity> run_deploy(const DeployPlan& plan, const EnvironmentList& environment,
                                               Deployed done) = 0;
};

}  // namespace zoo::module
