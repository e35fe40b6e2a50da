// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "module/core/clock.h"
#include "module/core/flush_queue.h"

/// The event loop: one thread, everything is called from run(). Readiness instead of completed operations, so that a
/// connection that waits owns no buffer.
namespace zoo::module {

class EventLoop;

class ReadyEvents {
 public:
  ReadyEvents() = default;
  ReadyEvents(const ReadyEvents&) = delete;
  ReadyEvents& operator=(const ReadyEvents&) = delete;
  virtual ~ReadyEvents() = default;

  virtual void on_readable() = 0;
  virtual void on_writable() = 0;
};

/// A non-blocking descriptor that it owns, and what is awaited of it. May be destroyed inside its events.
class Descriptor {
 public:
  /// Makes `fd` non-blocking.
  Descriptor(EventLoop& loop, int fd, ReadyEvents& events);
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  int fd() const noexcept { return fd_; }
  /// One on_readable() (on_writable()) as soon as that is the case, also if it is now already.
  void want_read();
  void want_write();

 private:
  struct Impl;
  Impl* impl_;
  int fd_;
};

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

class EventLoop {
 public:
  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  void run();
  void stop() noexcept { stopped_ = true; }

  /// Calls back whenever the process gets the signal.
  void on_signal(int number, std::function<void()> callback);
  /// Calls back from outside of all other callbacks.
  void post(std::function<void()> callback);
  /// Is called after every batch of events, before the loop waits; returns when it wants to be called at the latest.
  void set_batch_end(std::function<TimePoint()> hook) { batch_end_ = std::move(hook); }

  /// Is flushed after every batch of events, before and after the hook.
  FlushQueue& flushes() noexcept { return flushes_; }
  /// Memory to read into, for one call of an event; shared by all.
  std::span<char> scratch() noexcept { return scratch_; }

  struct Impl;
  Impl& impl() noexcept { return *impl_; }

 private:
  void arm(TimePoint next);

  FlushQueue flushes_;  // first: what `impl_` still owns may wait in it
  std::unique_ptr<Impl> impl_;
  std::vector<char> scratch_;
  std::function<TimePoint()> batch_end_;
  TimePoint armed_ = TimePoint::max();
  bool stopped_ = false;
};

}  // namespace zoo::module
