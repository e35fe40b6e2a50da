// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "module/core/app_platform.h"
#include "module/posix/event_loop.h"

namespace zoo::module {

/// Watches a folder with all that is below it. Changes are reported when none has come for a quarter of a second: an
/// editor or an upload makes many.
class FileWatch final : public Activity, private ReadyEvents {
 public:
  /// More than a thousand paths come in several calls.
  using Callback = AppPlatform::FilesChanged;

  FileWatch(EventLoop& loop, std::string folder, Callback callback);
  ~FileWatch() override;

 private:
  void on_readable() override;
  void on_writable() override {}
  enum class Contents { kKnown, kNew };

  void add_folder(const std::string& relative, Contents contents);
  void note(const std::string& relative);
  void read_events(const char* data, std::size_t size);
  void report();

  std::string folder_;
  Callback callback_;
  Descriptor descriptor_;
  Timer quiet_;
  std::map<int, std::string> folders_;  // watch to relative path with '/' at its end; "" for the root
  std::vector<std::string> changed_;
};

}  // namespace zoo::module
