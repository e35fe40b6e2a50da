// SPDX-License-Identifier: Apache-2.0
#include "module/win/event_loop.h"

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <chrono>
#include <new>
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
  armed_ = next;
  impl_->wake.expires_at(next);
  impl_->wake.async_wait([](const asio::error_code&) {});
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
