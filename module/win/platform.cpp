// SPDX-License-Identifier: Apache-2.0
#include "module/win/platform.h"

#include <utility>

#include "module/win/deploy_run.h"
#include "module/win/file_watch.h"
#include "module/win/launcher.h"

namespace zoo::module {

void WinPlatform::post(std::function<void()> callback) {
  loop_.post(std::move(callback));
}

std::unique_ptr<WorkerLauncher> WinPlatform::make_launcher(WorkerOutput output) {
  return std::make_unique<WinLauncher>(loop_, std::move(output));
}

std::unique_ptr<Activity> WinPlatform::watch_folder(const std::string& folder, FilesChanged changed) {
  return std::make_unique<FileWatch>(loop_, folder, std::move(changed));
}

std::unique_ptr<Activity> WinPlatform::run_deploy(const DeployPlan& plan, const EnvironmentList& environment,
                                                  Deployed done) {
  return std::make_unique<DeployRun>(loop_, plan, environment, std::move(done));
}

}  // namespace zoo::module
