// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>

#include "module/win/event_loop.h"

namespace zoo::module {

/// Runs the loop until `done` is true; false after 20 seconds.
inline bool loop_until(EventLoop& loop, const std::function<bool()>& done) {
  const TimePoint end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  bool reached = false;
  loop.set_batch_end([&] {
    const TimePoint now = std::chrono::steady_clock::now();
    reached = done();
    if (reached || now > end) loop.stop();
    return now + std::chrono::milliseconds(20);
  });
  loop.run();
  loop.set_batch_end({});
  return reached;
}

}  // namespace zoo::module
