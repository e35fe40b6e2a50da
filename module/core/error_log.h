// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace zoo::module {

/// In this order; kNone as a limit means that nothing is written.
enum class LogLevel { kTrace, kDebug, kNotification, kWarning, kError, kCritical, kNone };

/// "trace", "debug", "notification", "warning", "error", "critical", "none", in any case.
std::optional<LogLevel> parse_log_level(std::string_view name);
std::string_view name(LogLevel level);

struct LogRecord {
  std::chrono::system_clock::time_point time;
  std::string_view version;  ///< Of the module: "5.0.0"
  std::uint32_t thread = 0;
  LogLevel level = LogLevel::kNotification;
  std::uint64_t id = 0;  ///< What the message belongs to: an application's or worker's number.
  std::string_view message;
};

/// One line with its end, as version 3 writes it, in UTC:
/// "[23.11.2013 09:05:00.000123] [v 5.0.0] [tid 0x00001bb0] [sev 2] # 42 text". Control characters in the message
/// become blanks: one record is one line, whatever a worker has put into it.
std::string format_log_line(const LogRecord& record);

struct ErrorLogOptions {
  std::filesystem::path folder;
  std::string file_name;  ///< Empty: ZooError-1.log, ZooError-2.log, ...; "app.log" gives app.log, app-2.log, ...
  LogLevel level = LogLevel::kWarning;
  std::string version;
  std::uint64_t max_file_size = 1U << 20U;  ///< Bytes; a full file is left and the next one is used.
  unsigned max_files = 5;                   ///< Then the first one is emptied and used again.
};

/// An application's log. Thread-safe. Failures to write are not reported anywhere (there is no better place for them),
/// but ok() tells; each write tries again. The folder is created.
class ErrorLog {
 public:
  using Now = std::function<std::chrono::system_clock::time_point()>;
  explicit ErrorLog(ErrorLogOptions options, Now now = std::chrono::system_clock::now);

  void write(LogLevel level, std::uint64_t id, std::string_view message);
  bool enabled(LogLevel level) const noexcept { return level >= options_.level && level < LogLevel::kNone; }
  bool ok() const;
  /// The file that is written to.
  std::filesystem::path file() const;

 private:
  std::filesystem::path path_of(unsigned number) const;
  void choose_file();
  void advance(std::size_t line_size);

  const ErrorLogOptions options_;
  const Now now_;
  mutable std::mutex mutex_;
  unsigned number_ = 1;
  bool ok_ = true;
};

}  // namespace zoo::module
