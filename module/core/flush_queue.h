// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

/// Output that waits for the end of a batch of events, so that what many events add is written at once.
namespace zoo::module {

class FlushQueue;

/// Something that has output to write when the current batch of events has been handled. May be destroyed at any time.
class Flushable {
 public:
  Flushable() = default;
  Flushable(const Flushable&) = delete;
  Flushable& operator=(const Flushable&) = delete;
  virtual ~Flushable();

  virtual void flush() = 0;

 protected:
  /// Makes `queue` call flush() once, at the end of this batch. Must not outlive the queue while it waits in it. Throws
  /// std::bad_alloc, and waits for nothing then.
  void flush_later(FlushQueue& queue);

 private:
  friend class FlushQueue;
  FlushQueue* queue_ = nullptr;
  std::size_t slot_ = 0;
};

/// Of one event loop, on its thread.
class FlushQueue {
 public:
  /// Calls flush() of all that waits and of what they make wait. What one of them throws comes out of it; the others
  /// wait for the next call.
  void flush_all();

 private:
  friend class Flushable;
  std::vector<Flushable*> waiting_;  ///< Null: it has gone, or has been called.
};

}  // namespace zoo::module
