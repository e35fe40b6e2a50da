// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "module/posix/event_loop.h"
#include "module/posix/file_watch.h"

using namespace zoo::module;
namespace fs = std::filesystem;

namespace {

fs::path fresh_folder() {
  const fs::path folder = fs::temp_directory_path() / ("zoo-watch-" + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder / "old/deep");
  return folder;
}

/// A watched folder. What is done before run() happens before the watch looks at it.
struct Watched {
  ~Watched() { fs::remove_all(folder); }

  void write(const std::string& name) const { std::ofstream(folder / name) << name; }
  bool saw(const std::string& name) const { return std::ranges::find(seen, name) != seen.end(); }

  /// Until `name` is reported, or ten seconds have passed.
  bool run(const std::string& name) {
    wanted = name;
    Timer timeout(loop, [this] { loop.stop(); });
    timeout.set(std::chrono::steady_clock::now() + std::chrono::seconds(10));
    loop.run();
    return saw(name);
  }

  fs::path folder = fresh_folder();
  EventLoop loop;
  std::vector<std::string> seen;
  std::size_t reports = 0;
  std::string wanted;
  FileWatch watch{loop, folder.string(), [this](const std::vector<std::string>& paths) {
                    ++reports;
                    seen.insert(seen.end(), paths.begin(), paths.end());
                    if (saw(wanted)) loop.stop();
                  }};
};

}  // namespace

TEST_CASE("changes are reported together, each once", "[file_watch]") {
  Watched watched;
  watched.write("one.py");
  watched.write("old/deep/two.py");
  watched.write("one.py");
  REQUIRE(watched.run("old/deep/two.py"));
  CHECK(std::ranges::count(watched.seen, "one.py") == 1);
  CHECK(watched.reports == 1);
}

TEST_CASE("files that a new folder has when it is first looked at are reported", "[file_watch]") {
  Watched watched;
  fs::create_directories(watched.folder / "new/folder");
  watched.write("new/folder/models.py");
  REQUIRE(watched.run("new/folder/models.py"));
  SECTION("and those that come later") {
    watched.write("new/folder/later.py");
    CHECK(watched.run("new/folder/later.py"));
  }
  SECTION("and those of a folder that was moved in") {
    fs::rename(watched.folder / "new", watched.folder / "moved");
    CHECK(watched.run("moved/folder/models.py"));
  }
}

TEST_CASE("of many changes none is lost", "[file_watch]") {
  Watched watched;
  for (int i = 0; i < 3000; ++i) watched.write("page" + std::to_string(i) + ".txt");
  watched.write("last.py");
  CHECK(watched.run("last.py"));
  CHECK(watched.saw("page2999.txt"));
}
