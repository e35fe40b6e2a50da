// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "module/core/clock.h"
#include "module/core/flush_queue.h"

/// The event loop on Windows: one thread runs it, everything is called from run(); only post(), stop() and
/// Wakeup::wake() may be called from other threads. Unlike on POSIX systems operations complete (I/O completion ports)
/// instead of becoming ready.
namespace zoo::module {

class EventLoop;

/// Calls back once at the time that was set last.
class Timer {
 public:
  Timer(EventLoop& loop, std::function<void()> callback);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer();  // NOLINT(bugprone-exception-escape): see there

  void set(TimePoint when);
  void cancel();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// A callback on the thread of the loop that any thread can ask for, which needs no memory then. Asked for several
/// times before it comes, it comes once.
class Wakeup {
 public:
  Wakeup(EventLoop& loop, std::function<void()> callback);
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;
  /// It does not come any more. On the thread of the loop, or when nothing is asked for.
  ~Wakeup();

  void wake() noexcept;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

class EventLoop {
 public:
  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  /// What a callback throws comes out of it; it may be called again then.
  void run();
  /// Makes run() return after the current batch. Any thread.
  void stop();
  /// After run() has returned, on the same thread: calls back for what was posted and for operations that were
  /// cancelled, until none is left. An operation that the system does not end within `limit` is given up: the
  /// destructor does not wait for it.
  void run_out(Duration limit);

  /// Calls back from outside of all other callbacks. Any thread.
  void post(std::function<void()> callback);
  /// Is called after every batch of events, before the loop waits; returns when it wants to be called at the latest.
  void set_batch_end(std::function<TimePoint()> hook) { batch_end_ = std::move(hook); }

  /// Is flushed after every batch of events, before and after the hook.
  FlushQueue& flushes() noexcept { return flushes_; }

  struct Impl;
  Impl& impl() noexcept { return *impl_; }

 private:
  void arm(TimePoint next);

  FlushQueue flushes_;  // first: what `impl_` still owns may wait in it
  std::unique_ptr<Impl> impl_;
  std::function<TimePoint()> batch_end_;
  TimePoint armed_ = TimePoint::max();
  std::atomic<bool> stopped_{false};
  bool gave_up_ = false;
};

}  // namespace zoo::module
