// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <memory>

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

}  // namespace zoo::module
