// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace zoo::module {

/// Writes to the log "Application" of Windows under the name of a source. The source need not be registered: without it
/// the event viewer shows the text below a remark about a missing description. Any thread, which must not impersonate
/// anybody (ProcessIdentity).
class EventLog final {
 public:
  explicit EventLog(const std::wstring& source);
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;
  ~EventLog();

  /// An error with a text of any length (long ones are cut), UTF-8. False: it could not be written.
  bool write_error(std::uint32_t id, std::string_view text);

 private:
  void* log_;
};

}  // namespace zoo::module
