// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "module/posix/event_loop.h"

namespace zoo::module {

struct ProcessOptions {
  std::string program;  ///< A file, not to be looked up.
  std::vector<std::string> arguments;
  std::string directory;
  std::vector<std::pair<std::string, std::string>> environment;
  int standard_input = -1;  ///< -1: /dev/null.
};

/// A child process in a process group of its own that dies with this one. Its standard output and error are read;
/// the end of it is kept. The destructor kills the group.
class Process final : private ReadyEvents {
 public:
  struct Callbacks {
    std::function<void(std::string_view)> output;  ///< Each piece it writes; may be empty.
    std::function<void(std::string_view)> exited;  ///< "exit code 3", "signal 9"; may destroy the Process.
  };

  /// Null, with the reason in `error`, if it cannot be started.
  static std::unique_ptr<Process> start(EventLoop& loop, const ProcessOptions& options, Callbacks callbacks,
                                        std::string& error);
  ~Process() override;

  int id() const noexcept { return id_; }
  void send_signal(int number) const;
  bool running() const noexcept { return running_; }
  int exit_code() const noexcept { return exit_code_; }  ///< -1: ended by a signal.
  const std::string& recent_output() const noexcept { return recent_; }
  std::uint64_t memory() const;

 private:
  class ExitWatch;

  Process(EventLoop& loop, int id, int output, Callbacks callbacks);
  void on_readable() override;
  void on_writable() override {}
  bool read_output();
  void on_exit();

  int id_;
  Callbacks callbacks_;
  Descriptor output_;
  std::unique_ptr<ExitWatch> exit_watch_;
  std::string recent_;
  bool running_ = true;
  int exit_code_ = 0;
};

}  // namespace zoo::module
