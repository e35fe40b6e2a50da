// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace zoo::module {

/// A mutex that needs no kernel object, so that nothing of it is left behind (slim reader/writer lock, Windows 7 and
/// later). An std::mutex of mingw's library gets an event when it is first waited for and does not give it back: what
/// is made for every request or connection must not have one.
class Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() noexcept;
  void unlock() noexcept;
  bool try_lock() noexcept;
  /// Its SRWLOCK, for SleepConditionVariableSRW().
  void* native() noexcept { return &lock_; }

 private:
  void* lock_ = nullptr;  // an SRWLOCK, whose initial value this is
};

}  // namespace zoo::module
