// SPDX-License-Identifier: Apache-2.0
#include "module/posix/event_loop.h"

#include <array>
#include <asio/io_context.hpp>
#include <asio/posix/basic_stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <cstddef>
#include <memory>
#include <utility>

namespace zoo::module {
namespace {

constexpr std::size_t kScratchSize = 256U << 10U;
constexpr int kMaxBatch = 512;  // events handled before output is written, however many more are ready

using Executor = asio::io_context::executor_type;

}  // namespace

struct EventLoop::Impl {
  asio::io_context context{1};
  std::vector<std::unique_ptr<asio::signal_set>> signals;
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor> wake{
      context};
};

// Counted, because an operation that was cancelled completes after its owner is gone.
struct Descriptor::Impl {
  Impl(asio::io_context& context, int fd, ReadyEvents& ready) : descriptor(context, fd), events(&ready) {}

  // An operation's memory. An idle connection always waits to be readable, so that one is part of it.
  struct Slot {
    alignas(std::max_align_t) std::array<unsigned char, 160> bytes;
    bool used = false;
  };

  template <typename T>
  struct SlotAllocator {
    using value_type = T;
    Slot* slot;
    explicit SlotAllocator(Slot* s) noexcept : slot(s) {}
    template <typename U>
    explicit(false) SlotAllocator(const SlotAllocator<U>& other) noexcept : slot(other.slot) {}
    T* allocate(std::size_t count) {
      if (!slot->used && count * sizeof(T) <= slot->bytes.size()) {
        slot->used = true;
        return static_cast<T*>(static_cast<void*>(slot->bytes.data()));
      }
      return static_cast<T*>(::operator new(count * sizeof(T)));
    }
    void deallocate(T* memory, std::size_t) noexcept {
      if (static_cast<void*>(memory) == slot->bytes.data()) {
        slot->used = false;
      } else {
        ::operator delete(memory);
      }
    }
    template <typename U>
    bool operator==(const SlotAllocator<U>& other) const noexcept {
      return slot == other.slot;
    }
  };

  struct Handler {
    using allocator_type = SlotAllocator<char>;
    Impl* impl;
    bool write;

    Handler(Impl* i, bool w) noexcept : impl(i), write(w) { ++impl->references; }
    Handler(Handler&& other) noexcept : impl(std::exchange(other.impl, nullptr)), write(other.write) {}
    Handler(const Handler& other) noexcept : impl(other.impl), write(other.write) { ++impl->references; }
    Handler& operator=(Handler&&) = delete;
    Handler& operator=(const Handler&) = delete;
    ~Handler() {
      if (impl != nullptr) impl->release();
    }

    allocator_type get_allocator() const noexcept { return allocator_type(&impl->slot); }

    void operator()(const asio::error_code&) const {
      (write ? impl->writing : impl->reading) = false;
      if (impl->events == nullptr) return;
      if (write) {
        impl->events->on_writable();
      } else {
        impl->events->on_readable();
      }
    }
  };

  void release() noexcept {
    if (--references == 0) delete this;
  }

  asio::posix::basic_stream_descriptor<Executor> descriptor;
  ReadyEvents* events;
  unsigned references = 1;
  bool reading = false;
  bool writing = false;
  Slot slot;
};

Descriptor::Descriptor(EventLoop& loop, int fd, ReadyEvents& events)
    : impl_(new Impl(loop.impl().context, fd, events)), fd_(fd) {
  asio::error_code ignored;
  impl_->descriptor.non_blocking(true, ignored);
}

Descriptor::~Descriptor() {
  impl_->events = nullptr;
  asio::error_code ignored;
  impl_->descriptor.close(ignored);
  impl_->release();
}

void Descriptor::want_read() {
  if (std::exchange(impl_->reading, true)) return;
  impl_->descriptor.async_wait(asio::posix::descriptor_base::wait_read, Impl::Handler(impl_, false));
}

void Descriptor::want_write() {
  if (std::exchange(impl_->writing, true)) return;
  impl_->descriptor.async_wait(asio::posix::descriptor_base::wait_write, Impl::Handler(impl_, true));
}

struct Timer::Impl : std::enable_shared_from_this<Impl> {
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

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()), scratch_(kScratchSize) {}

EventLoop::~EventLoop() = default;

void EventLoop::run() {
  stopped_ = false;
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
}

void EventLoop::arm(TimePoint next) {
  if (next >= armed_ && armed_ > std::chrono::steady_clock::now()) return;
  armed_ = TimePoint::max();  // until one waits: what follows may throw
  impl_->wake.expires_at(next);
  impl_->wake.async_wait([](const asio::error_code&) {});
  armed_ = next;
}

void EventLoop::on_signal(int number, std::function<void()> callback) {
  auto& set = *impl_->signals.emplace_back(std::make_unique<asio::signal_set>(impl_->context, number));
  auto wait = std::make_shared<std::function<void()>>();
  *wait = [&set, wait = std::weak_ptr(wait), callback = std::move(callback)] {
    set.async_wait([callback, wait = wait.lock()](const asio::error_code& error, int) {
      if (error) return;
      callback();
      (*wait)();
    });
  };
  (*wait)();
}

void EventLoop::post(std::function<void()> callback) {
  asio::post(impl_->context, std::move(callback));
}

}  // namespace zoo::module
