// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "tests/iishost/host/locks.h"

namespace iishost {

/// The threads on which operations are done and their completions told.
class CompletionQueue {
 public:
  explicit CompletionQueue(unsigned threads);
  CompletionQueue(const CompletionQueue&) = delete;
  CompletionQueue& operator=(const CompletionQueue&) = delete;
  ~CompletionQueue();

  void post(std::function<void()> job);

 private:
  void run();

  Mutex mutex_;
  Condition changed_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  bool stopping_ = false;
};

}  // namespace iishost
