// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "module/win/event_loop.h"

namespace zoo::module {

/// Watches a folder with all that is below it. Changes are reported when none has come for a quarter of a second: an
/// editor or an upload makes many. A folder that cannot be watched is one in which nothing changes.
class FileWatch final {
 public:
  /// Paths relative to the folder, each once, with '\'. "" stands for more changes than Windows keeps.
  using Callback = std::function<void(const std::vector<std::string>&)>;

  FileWatch(EventLoop& loop, const std::string& folder, Callback callback);
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;
  ~FileWatch();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace zoo::module
