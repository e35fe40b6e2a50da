// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/module/core/codec_events.h"

using namespace zoo::module::test;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> fixtures(const char* folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(fs::path(ZOO_SOURCE_DIR) / "tests/fixtures/codecs" / folder)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

bool has_error(const Lines& lines) {
  return std::ranges::any_of(lines, [](const std::string& line) {
    return line.starts_with("error ") || line.find(" error ") == 1;  // "1 error ..."
  });
}

void check_fixture(const fs::path& path, const Lines& lines) {
  INFO(path.filename().string());
  const std::string name = path.filename().string();
  REQUIRE_FALSE(lines.empty());
  for (const std::string& line : lines) CHECK_FALSE(line.starts_with("BROKEN"));
  if (name.starts_with("good-")) CHECK_FALSE(has_error(lines));
  if (name.starts_with("bad-")) CHECK(has_error(lines));
}

}  // namespace

TEST_CASE("fixtures mean what their names say, however they are cut", "[codec_fixtures]") {
  const auto fastcgi = fixtures("fastcgi");
  const auto http1 = fixtures("http1");
  REQUIRE(fastcgi.size() > 30);
  REQUIRE(http1.size() > 50);
  for (const fs::path& path : fastcgi) check_fixture(path, check_fastcgi_input(read(path)));
  for (const fs::path& path : http1) check_fixture(path, check_http1_input(read(path)));
}
