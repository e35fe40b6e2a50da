// SPDX-License-Identifier: Apache-2.0
#include "module/core/flush_queue.h"

#include <utility>

namespace zoo::module {

Flushable::~Flushable() {
  if (queue_ != nullptr) queue_->waiting_[slot_] = nullptr;
}

void Flushable::flush_later(FlushQueue& queue) {
  if (queue_ != nullptr) return;
  queue.waiting_.push_back(this);  // may throw
  slot_ = queue.waiting_.size() - 1;
  queue_ = &queue;
}

void FlushQueue::flush_all() {
  // NOLINTNEXTLINE(modernize-loop-convert): what is flushed may add to them
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    Flushable* item = std::exchange(waiting_[i], nullptr);
    if (item == nullptr) continue;
    item->queue_ = nullptr;
    item->flush();
  }
  waiting_.clear();
}

}  // namespace zoo::module
