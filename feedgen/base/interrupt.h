// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace zoo {

/// A request to stop, polled by long work between its steps. Thread-safe; request() may be called by a signal handler.
class Cancellation {
 public:
  void request() { requested_.store(true, std::memory_order_relaxed); }
  void clear() { requested_.store(false, std::memory_order_relaxed); }
  bool requested() const { return requested_.load(std::memory_order_relaxed); }

 private:
  static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler must not wait for a lock");
  std::atomic<bool> requested_ = false;
};

/// While it lives, the first SIGINT or SIGTERM asks `cancellation` to stop, so that work ends in good order (exit code
/// 130); the second one ends the process at once, for a user who does not want to wait. One at a time in a process,
/// since signals belong to the process; the former handlers come back at its end.
class InterruptScope {
 public:
  explicit InterruptScope(Cancellation& cancellation);
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;
};

}  // namespace zoo
