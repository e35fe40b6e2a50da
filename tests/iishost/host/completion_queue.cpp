// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/completion_queue.h"

#include <chrono>
#include <mutex>
#include <utility>

namespace iishost {
namespace {

constexpr std::chrono::seconds kLongestWait{1};  // for a wake-up that is lost, as it happens in emulations of Windows

}  // namespace

CompletionQueue::CompletionQueue(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

CompletionQueue::~CompletionQueue() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void CompletionQueue::post(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void CompletionQueue::run() {
  while (true) {
    std::unique_lock lock(mutex_);
    while (!stopping_ && jobs_.empty()) changed_.wait_for(lock, kLongestWait);
    if (jobs_.empty()) return;
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
  }
}

}  // namespace iishost
