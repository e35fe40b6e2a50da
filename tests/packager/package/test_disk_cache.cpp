// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "feedgen/base/files.h"
#include "packager/package/disk_cache.h"
#include "packager/package/zip_writer.h"

namespace fs = std::filesystem;
using namespace zoo;
using namespace zoo::package;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "zoo-cache-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  std::size_t count() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), {})); }
  fs::path path;
};

std::vector<ZipItem> items(const std::string& text) {
  return {bytes_item("a.txt", text), bytes_item("b.txt", "b")};
}

std::string key(const std::vector<ZipItem>& of, const ZipOptions& options = {}) {
  return zip_key(of, options).value();
}

}  // namespace

TEST_CASE("disk cache: what was put comes back, under its key only", "[disk_cache]") {
  const Folder folder;
  const DiskCache cache((folder.path / "new").string());
  CHECK_FALSE(cache.get("a").has_value());
  const std::string value("value\0with zero", 15);
  REQUIRE(cache.put("a", value).has_value());
  REQUIRE(cache.put("empty", "").has_value());
  CHECK(cache.get("a") == value);
  CHECK(cache.get("empty") == std::string());
  CHECK_FALSE(cache.get("b").has_value());
}

TEST_CASE("disk cache: a damaged value is as if it were not there", "[disk_cache]") {
  const Folder folder;
  const DiskCache cache(folder.path.string());
  REQUIRE(cache.put("a", "value").has_value());
  const fs::path file = fs::directory_iterator(folder.path)->path();
  const std::string whole = read_file(file.string(), 1000).value();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CAPTURE(i);
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    std::ofstream(file, std::ios::binary) << damaged;
    CHECK_FALSE(cache.get("a").has_value());
    std::ofstream(file, std::ios::binary) << whole.substr(0, i);
    CHECK_FALSE(cache.get("a").has_value());
  }
  REQUIRE(cache.put("a", "value").has_value());
  CHECK(cache.get("a") == std::string("value"));
}

TEST_CASE("disk cache: what was used last is kept", "[disk_cache]") {
  const Folder folder;
  const DiskCache cache(folder.path.string());
  for (const char* name : {"a", "b", "c", "d"}) REQUIRE(cache.put(name, name).has_value());
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const auto& entry : fs::directory_iterator(folder.path)) fs::last_write_time(entry.path(), old);
  CHECK(cache.get("c").has_value());
  cache.prune(4);
  CHECK(folder.count() == 4);
  cache.prune(1);
  CHECK(folder.count() == 1);
  CHECK(cache.get("c").has_value());
}

TEST_CASE("disk cache: the key of a package changes with everything that goes into it", "[disk_cache]") {
  const std::string usual = key(items("a"));
  CHECK(usual == key(items("a")));
  CHECK(usual != key(items("A")));
  std::vector<ZipItem> renamed = items("a");
  renamed[0].name = "c.txt";
  CHECK(usual != key(renamed));
  ZipOptions options;
  options.level = Level::kRelease;
  CHECK(usual != key(items("a"), options));
  options = {};
  options.threads = 7;
  CHECK(usual == key(items("a"), options));
  options.epoch = kDefaultEpoch + 3600;  // of the same year: the same times
  CHECK(usual == key(items("a"), options));
  CHECK(make_zip(items("a"), options).value() == make_zip(items("a"), {}).value());
  options.epoch = kDefaultEpoch + 366 * 86400;
  CHECK(usual != key(items("a"), options));
  CHECK(make_zip(items("a"), options).value() != make_zip(items("a"), {}).value());
  options = {};
  const std::vector<EarlierFile> earlier = {{"a.txt", 1, 5, {}}};
  options.earlier = &earlier;
  CHECK(usual != key(items("a"), options));
  CHECK_FALSE(zip_key({file_item("x", "/nowhere/x")}, {}).has_value());
}

TEST_CASE("disk cache: shared files that another run compressed give the same package", "[disk_cache]") {
  const Folder folder;
  const DiskCache disk(folder.path.string());
  std::vector<ZipItem> shared = {bytes_item("text.txt", std::string(100000, 'x')), bytes_item("noise.bin", "\x01\xFE")};
  for (ZipItem& item : shared) item.shared = true;
  ZipOptions options;
  const std::string usual = make_zip(shared, options).value();
  for (int run = 0; run < 2; ++run) {
    CompressionCache cache(&disk);
    options.cache = &cache;
    CHECK(make_zip(shared, options).value() == usual);
    CHECK(folder.count() == 2);
  }
}
