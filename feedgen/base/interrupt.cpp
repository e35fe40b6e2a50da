// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/interrupt.h"

#include <csignal>

namespace zoo {
namespace {

std::atomic<Cancellation*> current = nullptr;
struct sigaction old_interrupt = {};
struct sigaction old_terminate = {};

extern "C" void ask_to_stop(int number) {
  Cancellation* cancellation = current.load(std::memory_order_relaxed);
  if (cancellation != nullptr) cancellation->request();
  // The second signal gets the default action.
  (void)std::signal(number, SIG_DFL);
}

}  // namespace

InterruptScope::InterruptScope(Cancellation& cancellation) {
  current.store(&cancellation, std::memory_order_relaxed);
  struct sigaction action = {};
  action.sa_handler = ask_to_stop;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &old_interrupt);
  ::sigaction(SIGTERM, &action, &old_terminate);
}

InterruptScope::~InterruptScope() {
  ::sigaction(SIGINT, &old_interrupt, nullptr);
  ::sigaction(SIGTERM, &old_terminate, nullptr);
  current.store(nullptr, std::memory_order_relaxed);
}

}  // namespace zoo
