// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "module/win/event_loop.h"

namespace zoo::module {

struct ProcessOptions {
  std::string program;    ///< A file, not to be looked up.
  std::string arguments;  ///< The command line behind the program, as written.
  std::string directory;
  std::vector<std::pair<std::string, std::string>> environment;
  void* standard_input = nullptr;      ///< An inheritable handle; null: the NUL device.
  std::vector<void*> inherited;        ///< Further inheritable handles.
  bool convention_of_fastcgi = false;  ///< No standard output and error, by which libfcgi knows that it is wanted.
};

/// A child process in a job object of its own: it dies, with all that it has started, when this process dies. Its
/// standard output and error are read; the end of it is kept. The destructor kills it.
class Process final {
 public:
  struct Callbacks {
    std::function<void(std::string_view)> output;  ///< Each piece it writes; may be empty.
    std::function<void(std::string_view)> exited;  ///< "exit code 3", "exception 0xC0000005"; may destroy the Process.
  };

  /// Null, with the reason in `error`, if it cannot be started.
  static std::unique_ptr<Process> start(EventLoop& loop, const ProcessOptions& options, Callbacks callbacks,
                                        std::string& error);
  ~Process();

  int id() const noexcept;
  /// Ends it and all that it has started; exited() follows.
  void kill();
  int exit_code() const noexcept;
  const std::string& recent_output() const noexcept;
  std::uint64_t memory() const;

  struct Impl;

 private:
  explicit Process(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

  std::shared_ptr<Impl> impl_;
};

/// The variables as Windows wants them: NAME=VALUE, each with a NUL, sorted without regard to case, UTF-16, and a NUL
/// at the end.
std::wstring environment_block(const std::vector<std::pair<std::string, std::string>>& variables);

/// The file to execute: `program` itself (with ".exe" if need be) if it has a folder, otherwise the first in the
/// folders of `path` (separated by semicolons). Empty if there is none.
std::string find_program(const std::string& program, const std::string& path);

}  // namespace zoo::module
