// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "module/core/app_platform.h"
#include "module/win/event_loop.h"

namespace zoo::module {

/// Runs workers as child processes. A worker's standard input is the server end of a named pipe to which this process
/// is connected already (kConnected, kListening), or it opens a port (kTcp). It is asked to end by the event whose
/// inherited handle is in _FCGI_SHUTDOWN_EVENT_, as libfcgi expects it.
class WinLauncher final : public WorkerLauncher {
 public:
  using Output = AppPlatform::WorkerOutput;

  explicit WinLauncher(EventLoop& loop, Output output = {}) : loop_(loop), output_(std::move(output)) {}

  std::unique_ptr<WorkerProcess> launch(const LaunchSpec& spec, ProcessEvents& events, std::string& error) override;

 private:
  EventLoop& loop_;
  Output output_;
};

}  // namespace zoo::module
