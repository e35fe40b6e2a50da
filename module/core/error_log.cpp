// SPDX-License-Identifier: Apache-2.0
#include "module/core/error_log.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <system_error>
#include <thread>

#include "module/core/config_text.h"

namespace zoo::module {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 7> kLevelNames = {"trace", "debug",    "notification", "warning",
                                                         "error", "critical", "none"};

std::uint32_t this_thread() {
  return static_cast<std::uint32_t>(std::hash<std::thread::id>()(std::this_thread::get_id()));
}

std::uint64_t size_of(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (equal_nocase(trim(text), kLevelNames[i])) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

std::string_view name(LogLevel level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

std::string format_log_line(const LogRecord& record) {
  const auto day = std::chrono::floor<std::chrono::days>(record.time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::microseconds>(record.time - day));
  std::array<char, 128> head{};
  std::snprintf(head.data(), head.size(), "[%02u.%02u.%04d %02d:%02d:%02d.%06d] [v ", static_cast<unsigned>(date.day()),
                static_cast<unsigned>(date.month()), static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  std::string line(head.data());
  line += record.version;
  std::snprintf(head.data(), head.size(), "] [tid 0x%08lx] [sev %d] # %llu ", static_cast<unsigned long>(record.thread),
                static_cast<int>(record.level), static_cast<unsigned long long>(record.id));
  line += head.data();
  for (const char c : record.message) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  line += '\n';
  return line;
}

ErrorLog::ErrorLog(ErrorLogOptions options, Now now) : options_(std::move(options)), now_(std::move(now)) {
  std::error_code error;
  fs::create_directories(options_.folder, error);
  choose_file();
}

fs::path ErrorLog::path_of(unsigned number) const {
  if (options_.file_name.empty()) return options_.folder / ("ZooError-" + std::to_string(number) + ".log");
  const fs::path file(std::u8string(options_.file_name.begin(), options_.file_name.end()));
  if (number == 1) return options_.folder / file;
  fs::path numbered = file.stem();
  numbered += "-" + std::to_string(number);
  numbered += file.extension();
  return options_.folder / numbered;
}

/// Goes on where the last run has stopped: the file written last, among those there are.
void ErrorLog::choose_file() {
  fs::file_time_type newest = fs::file_time_type::min();
  for (unsigned number = 1; number <= options_.max_files; ++number) {
    std::error_code error;
    const fs::file_time_type time = fs::last_write_time(path_of(number), error);
    if (error || time < newest) continue;
    newest = time;
    number_ = number;
  }
}

/// A file that another process of the same application has begun already is not emptied but shared.
void ErrorLog::advance(std::size_t line_size) {
  number_ = number_ >= options_.max_files ? 1 : number_ + 1;
  if (size_of(path_of(number_)) + line_size <= options_.max_file_size) return;
  const std::ofstream emptied(path_of(number_), std::ios::binary | std::ios::trunc);
}

void ErrorLog::write(LogLevel level, std::uint64_t id, std::string_view message) {
  if (!enabled(level)) return;
  const std::string line = format_log_line({now_(), options_.version, this_thread(), level, id,
                                            message.substr(0, std::min<std::size_t>(message.size(), 8192))});
  const std::lock_guard lock(mutex_);
  if (size_of(path_of(number_)) + line.size() > options_.max_file_size) advance(line.size());
  // Opened for each line: other processes write here too, and administrators delete logs.
  std::ofstream file(path_of(number_), std::ios::binary | std::ios::app);
  file << line << std::flush;
  ok_ = file.good();
}

bool ErrorLog::ok() const {
  const std::lock_guard lock(mutex_);
  return ok_;
}

fs::path ErrorLog::file() const {
  const std::lock_guard lock(mutex_);
  return path_of(number_);
}

}  // namespace zoo::module
