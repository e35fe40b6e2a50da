// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <winsock2.h>
//
#include <windows.h>

#include <chrono>
#include <mutex>

#include "module/win/mutex.h"

namespace iishost {

// Each request has its own. Those of the standard library leak in mingw's (see Mutex), and the handles that the modules
// leak are counted.

using zoo::module::Mutex;

class RecursiveMutex {
 public:
  RecursiveMutex() { ::InitializeCriticalSection(&section_); }
  RecursiveMutex(const RecursiveMutex&) = delete;
  RecursiveMutex& operator=(const RecursiveMutex&) = delete;
  ~RecursiveMutex() { ::DeleteCriticalSection(&section_); }

  void lock() noexcept { ::EnterCriticalSection(&section_); }
  void unlock() noexcept { ::LeaveCriticalSection(&section_); }

 private:
  CRITICAL_SECTION section_;
};

class Condition {
 public:
  Condition() = default;
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  void notify_one() noexcept { ::WakeConditionVariable(&variable_); }
  void notify_all() noexcept { ::WakeAllConditionVariable(&variable_); }
  /// Once, for so long at the most; it may return early.
  void wait_for(std::unique_lock<Mutex>& lock, std::chrono::milliseconds time) noexcept {
    ::SleepConditionVariableSRW(&variable_, static_cast<SRWLOCK*>(lock.mutex()->native()),
                                static_cast<DWORD>(time.count()), 0);
  }

 private:
  CONDITION_VARIABLE variable_ = CONDITION_VARIABLE_INIT;
};

}  // namespace iishost
