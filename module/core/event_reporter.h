// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "module/core/clock.h"

namespace zoo::module {

/// What an administrator is told of in the event log of the server. The numbers are published (docs/formats/events.md)
/// and never change; a number that is new needs an entry in module/setup/events.mc.
enum class EventId : std::uint32_t {
  kConfiguration = 1001,     ///< An application cannot be run as it is configured.
  kWorkerEnded = 1002,       ///< A worker has ended by itself.
  kWorkerNotStarted = 1003,  ///< A worker cannot be started.
  kWorkerHung = 1004,        ///< A worker has not answered in time and was killed.
  kDeployFailed = 1005,
  kInternal = 1006,  ///< The module itself has failed, mostly for want of memory.
};

/// Tells events, but not the same over and over: an event of an application is told once in kQuietTime, and the next
/// one says how many came between. Any thread.
class EventReporter final {
 public:
  static constexpr Duration kQuietTime = std::chrono::minutes(5);
  static constexpr std::size_t kMostApplications = 1000;  ///< That are remembered.
  using Write = std::function<void(EventId id, std::string_view text)>;

  EventReporter(const Clock& clock, Write write) : clock_(clock), write_(std::move(write)) {}

  /// `application`: as it is named in the text, UTF-8; empty: none. Of configurations each different text is told.
  /// What cannot be told (no memory, no log) is lost: there is no other place to tell it.
  void report(EventId id, std::string_view application, std::string_view text) noexcept;

 private:
  struct Told {
    TimePoint when;
    unsigned withheld = 0;  // since then
  };

  /// How many were withheld before this one, which is to be told; nothing if it is withheld itself.
  bool is_due(const std::string& key, unsigned& withheld);

  const Clock& clock_;
  Write write_;
  std::mutex mutex_;
  std::map<std::string, Told> told_;
};

}  // namespace zoo::module
