// SPDX-License-Identifier: Apache-2.0
#include "module/win/event_log.h"

#include <windows.h>

#include "module/win/text.h"

namespace zoo::module {
namespace {

constexpr std::size_t kLongest = 31839;  // characters of one string, as ReportEvent documents it

}  // namespace

EventLog::EventLog(const std::wstring& source) : log_(::RegisterEventSourceW(nullptr, source.c_str())) {}

EventLog::~EventLog() {
  if (log_ != nullptr) ::DeregisterEventSource(log_);
}

bool EventLog::write_error(std::uint32_t id, std::string_view text) {
  std::wstring wide = to_wide(text);
  if (wide.size() > kLongest) wide.resize(kLongest);
  LPCWSTR strings = wide.c_str();
  return log_ != nullptr && ::ReportEventW(log_, EVENTLOG_ERROR_TYPE, 0, id, nullptr, 1, 0, &strings, nullptr) != 0;
}

}  // namespace zoo::module
