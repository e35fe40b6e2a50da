// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/files.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "zoo-files-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() {
    fs::permissions(path, fs::perms::owner_all);
    fs::remove_all(path);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return (path / name).string(); }
};

void put(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::size_t count(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("read_file returns every byte", "[files]") {
  const Folder folder;
  const std::string binary("a\0b\r\n\xff", 6);
  put(folder / "x", binary);
  CHECK(zoo::read_file(folder / "x", 6).value() == binary);
  put(folder / "empty", "");
  CHECK(zoo::read_file(folder / "empty", 0).value().empty());
}

TEST_CASE("read_file names the path and the cause", "[files]") {
  const Folder folder;
  put(folder / "x", "seven b");
  const auto missing = zoo::read_file(folder / "missing", 10);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == zoo::ExitCode::kIo);
  CHECK(missing.error().message == "cannot open " + (folder / "missing") + ": No such file or directory");
  CHECK(zoo::read_file(folder / "x", 6).error().message ==
        "cannot read " + (folder / "x") + ": it has 7 bytes, the limit is 6");
  CHECK(zoo::read_file(folder.path.string(), 10).error().message ==
        "cannot read " + folder.path.string() + ": Is a directory");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(zoo::read_file(folder / "pipe", 10).error().message ==
        "cannot read " + (folder / "pipe") + ": not a regular file");
}

TEST_CASE("write_file makes parents, replaces, and leaves nothing behind", "[files]") {
  const Folder folder;
  const std::string path = folder / "a/b/c.xml";
  REQUIRE(zoo::write_file(path, "one"));
  CHECK(zoo::read_file(path, 10).value() == "one");
  REQUIRE(zoo::write_file(path, "three"));
  CHECK(zoo::read_file(path, 10).value() == "three");
  CHECK(count(fs::path(path).parent_path()) == 1);
}

TEST_CASE("write_file does not touch a file that has the bytes", "[files]") {
  const Folder folder;
  const std::string path = folder / "x";
  REQUIRE(zoo::write_file(path, "same"));
  const auto old = fs::file_time_type(fs::file_time_type::duration(1000000000));
  fs::last_write_time(path, old);
  REQUIRE(zoo::write_file(path, "same"));
  CHECK(fs::last_write_time(path) == old);
  REQUIRE(zoo::write_file(path, "else"));
  CHECK(fs::last_write_time(path) != old);
}

TEST_CASE("write_file keeps the mode and the link of what it replaces", "[files]") {
  const Folder folder;
  put(folder / "real", "old");
  fs::permissions(folder / "real", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("real", folder / "link");
  REQUIRE(zoo::write_file(folder / "link", "new"));
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(zoo::read_file(folder / "real", 10).value() == "new");
  CHECK(fs::status(folder / "real").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("write_file that fails leaves the target and the folder as they were", "[files]") {
  const Folder folder;
  fs::create_directory(folder / "target");
  const auto onto_folder = zoo::write_file(folder / "target", "x");
  REQUIRE_FALSE(onto_folder);
  CHECK(onto_folder.error().message == "cannot replace " + (folder / "target") + ": Is a directory");
  CHECK(count(folder.path) == 1);

  put(folder / "file", "x");
  const auto below_file = zoo::write_file(folder / "file/y", "x");
  REQUIRE_FALSE(below_file);
  CHECK(below_file.error().message == "cannot make folder " + (folder / "file") + ": Not a directory");
}

TEST_CASE("write_file reports a full disk and keeps the old file", "[files]") {
  // A file size limit below the new size makes write() fail in the middle, as a full disk does.
  const Folder folder;
  put(folder / "x", "old");
  rlimit before = {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {1000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto result = zoo::write_file(folder / "x", std::string(5000, 'n'));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  (void)std::signal(SIGXFSZ, old_handler);
  REQUIRE_FALSE(result);
  CHECK(result.error().message == "cannot write " + (folder / "x") + ": File too large");
  CHECK(zoo::read_file(folder / "x", 10).value() == "old");
  CHECK(count(folder.path) == 1);
}
