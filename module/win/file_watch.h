// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "module/core/app_platform.h"
#include "module/win/event_loop.h"

namespace zoo::module {

/// Watches a folder with all that is below it. Changes are reported when none has come for a quarter of a second: an
/// editor or an upload makes many. A folder that cannot be watched is one in which nothing changes.
class FileWatch final : public Activity {
 public:
  using Callback = AppPlatform::FilesChanged;

  FileWatch(EventLoop& loop, const std::string& folder, Callback callback);
  ~FileWatch() override;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace zoo::module
