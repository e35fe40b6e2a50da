// SPDX-License-Identifier: Apache-2.0
#include "module/posix/platform.h"

#include <utility>

#include "module/posix/deploy_run.h"
#include "module/posix/file_watch.h"
#include "module/posix/launcher.h"

namespace zoo::module {

void PosixPlatform::post(std::function<void()> callback) {
  loop_.post(std::move(callback));
}

std::unique_ptr<WorkerLauncher> PosixPlatform::make_launcher(WorkerOutput output) {
  return std::make_unique<PosixLauncher>(loop_, std::move(output));
}

std::unique_ptr<Activity> PosixPlatform::watch_folder(const std::string& folder, FilesChanged changed) {
  return std::make_unique<FileWatch>(loop_, folder, std::move(changed));
}

std::unique_ptr<Activity> PosixPlatform::run_deploy(const DeployPlan& plan, const EnvironmentList& environment,
                                                    Deployed done) {
  return std::make_unique<DeployRun>(loop_, plan, environment, std::move(done));
}

}  // namespace zoo::module
