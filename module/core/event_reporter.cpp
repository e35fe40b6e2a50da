// SPDX-License-Identifier: Apache-2.0
#include "module/core/event_reporter.h"

#include <utility>

namespace zoo::module {
namespace {

std::string key_of(EventId id, std::string_view application, std::string_view text) {
  std::string key = std::to_string(static_cast<std::uint32_t>(id)) + "\n";
  key.append(application);
  if (id == EventId::kConfiguration) key.append("\n").append(text);
  return key;
}

std::string full_text(std::string_view application, std::string_view text, unsigned withheld) {
  std::string full;
  if (!application.empty()) full.append("Application \"").append(application).append("\": ");
  full.append(text);
  if (withheld != 0) full.append("\n(and ").append(std::to_string(withheld)).append(" more since the last such event)");
  return full;
}

}  // namespace

void EventReporter::report(EventId id, std::string_view application, std::string_view text) noexcept {
  try {
    unsigned withheld = 0;
    if (is_due(key_of(id, application, text), withheld)) write_(id, full_text(application, text, withheld));
  } catch (...) {  // see the declaration
    return;
  }
}

bool EventReporter::is_due(const std::string& key, unsigned& withheld) {
  const TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  if (told_.size() >= kMostApplications) {
    std::erase_if(told_, [&](const auto& entry) { return now - entry.second.when >= kQuietTime; });
    if (told_.size() >= kMostApplications) told_.clear();
  }
  const auto [entry, is_new] = told_.try_emplace(key, Told{now});
  if (!is_new && now - entry->second.when < kQuietTime) {
    ++entry->second.withheld;
    return false;
  }
  withheld = std::exchange(entry->second.withheld, 0U);
  entry->second.when = now;
  return true;
}

}  // namespace zoo::module
