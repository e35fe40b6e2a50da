// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <winsock2.h>
//
#include <windows.h>

/// For source files that know Windows: it shows windows.h.
namespace zoo::module {

/// A mutex that needs no kernel object, so that nothing of it is left behind (slim reader/writer lock, Windows 7 and
/// later). An std::mutex of mingw's library gets an event when it is first waited for and does not give it back: what
/// is made for every request or connection must not have one.
class Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() noexcept { ::AcquireSRWLockExclusive(&lock_); }
  void unlock() noexcept { ::ReleaseSRWLockExclusive(&lock_); }
  bool try_lock() noexcept { return ::TryAcquireSRWLockExclusive(&lock_) != 0; }
  /// For SleepConditionVariableSRW().
  SRWLOCK* native() noexcept { return &lock_; }

 private:
  SRWLOCK lock_ = SRWLOCK_INIT;
};

}  // namespace zoo::module
