// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "module/core/app_platform.h"
#include "module/posix/event_loop.h"

namespace zoo::module {

/// Runs workers as child processes.
class PosixLauncher final : public WorkerLauncher {
 public:
  using Output = AppPlatform::WorkerOutput;

  explicit PosixLauncher(EventLoop& loop, Output output = {}) : loop_(loop), output_(std::move(output)) {}
  ~PosixLauncher() override;

  std::unique_ptr<WorkerProcess> launch(const LaunchSpec& spec, ProcessEvents& events, std::string& error) override;

 private:
  std::string socket_path(std::string& error);

  EventLoop& loop_;
  Output output_;
  std::string folder_;  // for listening sockets; only this user can look into it
  unsigned sockets_ = 0;
};

}  // namespace zoo::module
