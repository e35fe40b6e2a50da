// SPDX-License-Identifier: Apache-2.0
#include "module/win/mutex.h"

#include <windows.h>

namespace zoo::module {
namespace {

static_assert(sizeof(SRWLOCK) == sizeof(void*));

SRWLOCK* lock_of(void* native) noexcept {
  return static_cast<SRWLOCK*>(native);
}

}  // namespace

void Mutex::lock() noexcept {
  ::AcquireSRWLockExclusive(lock_of(native()));
}

void Mutex::unlock() noexcept {
  ::ReleaseSRWLockExclusive(lock_of(native()));
}

bool Mutex::try_lock() noexcept {
  return ::TryAcquireSRWLockExclusive(lock_of(native())) != 0;
}

}  // namespace zoo::module
