// SPDX-License-Identifier: Apache-2.0
#include "module/win/event_loop.h"

#include <array>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <chrono>
#include <cstddef>
#include <new>
#include <span>
#include <utility>

#include "module/win/event_loop_impl.h"

namespace zoo::module {
namespace {

constexpr int kMaxBatch = 512;  // events handled before output is written, however many more are ready

}  // namespace

struct Timer::Impl {
  Impl(asio::io_context& context, std::function<void()> on_time) : timer(context), callback(std::move(on_time)) {}

  asio::steady_timer timer;
  std::function<void()> callback;
};

Timer::Timer(EventLoop& loop, std::function<void()> callback)
    : impl_(std::make_shared<Impl>(loop.impl().context, std::move(callback))) {}

// NOLINTNEXTLINE(bugprone-exception-escape): cancelling throws nothing, whatever Asio declares
Timer::~Timer() {
  impl_->callback = nullptr;
  impl_->timer.cancel();
}

void Timer::set(TimePoint when) {
  impl_->timer.expires_at(when);
  impl_->timer.async_wait([impl = impl_](const asio::error_code& error) {
    if (!error && impl->callback) impl->callback();
  });
}

void Timer::cancel() {
  impl_->timer.cancel();
}

/// One at a time: what asks again finds it asked for.
struct Wakeup::Impl {
  Impl(EventLoop& on, std::function<void()> call) : loop(on), callback(std::move(call)) {}

  EventLoop& loop;
  std::function<void()> callback;
  bool ended = false;
  std::atomic<bool> asked{false};
  alignas(std::max_align_t) std::array<std::byte, 256> operation{};  // for Asio's; larger than it needs
};

namespace {

/// Gives Asio the memory of a Wakeup.
template <typename T>
struct OperationAllocator {
  using value_type = T;

  explicit OperationAllocator(std::span<std::byte> place) noexcept : memory(place) {}
  template <typename Other>
  // Not explicit: so are allocators converted.
  OperationAllocator(const OperationAllocator<Other>& other) noexcept : memory(other.memory) {}

  T* allocate(std::size_t count) const {
    if (count * sizeof(T) > memory.size()) throw std::bad_alloc();
    return static_cast<T*>(static_cast<void*>(memory.data()));
  }
  void deallocate(T*, std::size_t) const noexcept {}
  bool operator==(const OperationAllocator&) const = default;

  std::span<std::byte> memory;
};

}  // namespace

Wakeup::Wakeup(EventLoop& loop, std::function<void()> callback)
    : impl_(std::make_shared<Impl>(loop, std::move(callback))) {}

// The callback may be what ends it: it goes with the last that has it.
Wakeup::~Wakeup() {
  impl_->ended = true;
}

void Wakeup::wake() noexcept {
  struct Handler {
    using allocator_type = OperationAllocator<std::byte>;
    allocator_type get_allocator() const noexcept { return allocator_type(impl->operation); }
    void operator()() const {
      impl->asked = false;  // Asio has given its memory back
      if (!impl->ended) impl->callback();
    }
    std::shared_ptr<Impl> impl;
  };
  if (!impl_->asked.exchange(true)) asio::post(impl_->loop.impl().context, Handler{impl_});
}

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}

// The destructor of an io_context waits for operations of the system without a limit.
EventLoop::~EventLoop() {
  if (gave_up_) static_cast<void>(impl_.release());
}

void EventLoop::run() {
  auto work = asio::make_work_guard(impl_->context);
  while (!stopped_) {
    flushes_.flush_all();
    if (batch_end_) {
      const TimePoint next = batch_end_();
      flushes_.flush_all();
      arm(next);
    }
    if (stopped_) break;
    impl_->context.run_one();
    for (int count = 1; count < kMaxBatch && impl_->context.poll_one() != 0; ++count) {
    }
  }
  stopped_ = false;
}

void EventLoop::run_out(Duration limit) {
  impl_->wake.cancel();
  impl_->context.restart();
  impl_->context.run_for(limit);
  gave_up_ = !impl_->context.stopped();
}

void EventLoop::arm(TimePoint next) {
  if (next >= armed_ && armed_ > std::chrono::steady_clock::now()) return;
  armed_ = TimePoint::max();  // until one waits: what follows may throw
  impl_->wake.expires_at(next);
  impl_->wake.async_wait([](const asio::error_code&) {});
  armed_ = next;
}

// Without memory to wake the loop it ends when it next wakes by itself.
void EventLoop::stop() {
  stopped_ = true;
  try {
    asio::post(impl_->context, [] {});
  } catch (const std::bad_alloc&) {
    return;
  }
}

void EventLoop::post(std::function<void()> callback) {
  asio::post(impl_->context, std::move(callback));
}

}  // namespace zoo::module
