// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "module/win/event_loop.h"
#include "module/win/file_watch.h"
#include "tests/module/win/loop_until.h"

namespace zoo::module {

// A server that ends must not wait for operations that nobody will ever answer, nor lose what was posted last.
TEST_CASE("what is left when a loop has ended is called back and does not hold up its end", "[event_loop]") {
  const auto begin = std::chrono::steady_clock::now();
  bool told = false;
  {
    EventLoop loop;
    auto watch = std::make_unique<FileWatch>(loop, std::filesystem::temp_directory_path().string(),
                                             [](const std::vector<std::string>&) {});
    loop_until(loop, [] { return true; });
    loop.post([&] { told = true; });
    watch.reset();  // cancels what waits for changes
    loop.run_out(std::chrono::seconds(10));
  }
  CHECK(told);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("a wakeup comes once for all that ask before it comes", "[event_loop]") {
  EventLoop loop;
  int count = 0;
  Wakeup wakeup(loop, [&] { ++count; });
  std::thread([&] {
    wakeup.wake();
    wakeup.wake();
  }).join();
  CHECK(count == 0);
  loop_until(loop, [&] { return count == 1; });
  wakeup.wake();
  loop_until(loop, [&] { return count == 2; });
  loop.run_out(std::chrono::seconds(1));
  CHECK(count == 2);
}

TEST_CASE("a wakeup may ask again, end itself, or end before it comes", "[event_loop]") {
  EventLoop loop;
  int count = 0;
  std::unique_ptr<Wakeup> again;
  again = std::make_unique<Wakeup>(loop, [&] {
    if (++count < 3) {
      again->wake();
    } else {
      again.reset();
    }
  });
  again->wake();
  loop_until(loop, [&] { return again == nullptr; });
  CHECK(count == 3);
  bool told = false;
  std::make_unique<Wakeup>(loop, [&] { told = true; })->wake();
  loop.run_out(std::chrono::seconds(1));
  CHECK_FALSE(told);
}

}  // namespace zoo::module
