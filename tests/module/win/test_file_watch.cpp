// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "module/win/file_watch.h"
#include "tests/module/win/loop_until.h"

namespace zoo::module {

// Wine does not report what happens in subfolders, which Windows does.
TEST_CASE("changes in a folder are reported together", "[file_watch]") {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "zoo-file-watch";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  EventLoop loop;
  std::vector<std::string> seen;
  FileWatch watch(loop, folder.string(),
                  [&](const std::vector<std::string>& paths) { seen.insert(seen.end(), paths.begin(), paths.end()); });
  loop_until(loop, [] { return true; });
  std::ofstream(folder / "one.py") << "1";
  std::ofstream(folder / "two.py") << "2";
  CHECK(loop_until(loop, [&] { return std::ranges::find(seen, "two.py") != seen.end(); }));
  CHECK(std::ranges::count(seen, "one.py") == 1);
  std::filesystem::remove_all(folder);
}

}  // namespace zoo::module
