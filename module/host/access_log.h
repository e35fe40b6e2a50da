// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace zoo::module {

struct AccessEntry {
  std::string_view method;
  std::string_view path;  ///< As it was sent, without the query: that may hold secrets.
  unsigned status = 0;
  std::uint64_t sent = 0;  ///< Bytes of the response's body.
  std::chrono::steady_clock::duration took{};
};

/// One line a request: time, method, path, status, bytes, milliseconds. Written in blocks; call flush() about once a
/// second.
class AccessLog {
 public:
  AccessLog() = default;
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  /// Appends to `file`. False if it cannot be opened; nothing is logged then.
  bool open(const std::string& file);
  bool enabled() const noexcept { return file_ >= 0; }
  void add(const AccessEntry& entry);
  void flush();

 private:
  void append_time();
  void append_number(std::uint64_t number);

  int file_ = -1;
  std::string buffer_;
  std::string time_;
  std::int64_t second_ = -1;
};

}  // namespace zoo::module
