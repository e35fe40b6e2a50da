// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "module/core/clock.h"

/// The event loop: one thread, everything is called from run(). Readiness instead of completed operations, so that a
/// connection that waits owns no buffer.
namespace zoo::module {

class EventLoop;

/// Something that has output to write when the current batch of events has been handled.
class Flushable {
 public:
  Flushable() = default;
  Flushable(const Flushable&) = delete;
  Flushable& operator=(const Flushable&) = delete;
  virtual ~Flushable();

  virtual void flush() = 0;

 protected:
  /// Makes `loop` call flush() once, at the end of this batch.
  void flush_later(EventLoop& loop);

 private:
  friend class EventLoop;
  EventLoop* loop_ = nullptr;
  std::size_t slot_ = 0;
};

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
  ~Timer();

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

  /// Memory to read into, for one call of an event; shared by all.
  std::span<char> scratch() noexcept { return scratch_; }

  struct Impl;
  Impl& impl() noexcept { return *impl_; }

 private:
  friend class Flushable;
  void flush_all();

  std::unique_ptr<Impl> impl_;
  std::vector<char> scratch_;
  std::vector<Flushable*> to_flush_;
  std::function<TimePoint()> batch_end_;
  TimePoint armed_ = TimePoint::max();
  bool stopped_ = false;
};

}  // namespace zoo::module
