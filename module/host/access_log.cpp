// SPDX-License-Identifier: Apache-2.0
#include "module/host/access_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <ctime>

namespace zoo::module {
namespace {

constexpr std::size_t kBlock = 64U << 10U;
constexpr std::size_t kMaxPath = 2048;

}  // namespace

AccessLog::~AccessLog() {
  flush();
  if (file_ >= 0) ::close(file_);
}

bool AccessLog::open(const std::string& file) {
  flush();
  if (file_ >= 0) ::close(file_);
  file_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  return file_ >= 0;
}

void AccessLog::add(const AccessEntry& entry) {
  if (file_ < 0) return;
  append_time();
  buffer_.append(entry.method).append(" ").append(entry.path.substr(0, kMaxPath)).append(" ");
  append_number(entry.status);
  append_number(entry.sent);
  append_number(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(entry.took).count()));
  buffer_.back() = '\n';
  if (buffer_.size() >= kBlock) flush();
}

// The text changes once a second.
void AccessLog::append_time() {
  const std::int64_t now = std::time(nullptr);
  if (now != second_) {
    second_ = now;
    const auto seconds = static_cast<std::time_t>(now);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    time_.assign(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ ", &parts));
  }
  buffer_.append(time_);
}

void AccessLog::append_number(std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  buffer_.append(digits.data(), end).push_back(' ');
}

void AccessLog::flush() {
  if (file_ >= 0 && !buffer_.empty()) {
    [[maybe_unused]] const ssize_t written = ::write(file_, buffer_.data(), buffer_.size());
  }
  buffer_.clear();
}

}  // namespace zoo::module
