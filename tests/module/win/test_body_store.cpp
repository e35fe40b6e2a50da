// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "module/win/body_store.h"

namespace zoo::module {
namespace {

std::string read_back(BodyStore& store) {
  std::string all(static_cast<std::size_t>(store.size()), '\0');
  const std::size_t count = store.read(0, all);
  all.resize(count);
  return all;
}

}  // namespace

TEST_CASE("a small body stays in memory", "[body_store]") {
  BodyStore store;
  store.start(10, "Z:\\no such folder");
  REQUIRE(store.append("hello"));
  REQUIRE(store.append(" all!"));
  CHECK(read_back(store) == "hello all!");
  CHECK_FALSE(store.append("x"));  // it would need a file
}

TEST_CASE("a large body goes to a file and is read at any offset", "[body_store]") {
  BodyStore store;
  store.start(1000, {});
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    const std::string piece = std::to_string(i) + ",";
    REQUIRE(store.append(piece));
    expected += piece;
  }
  CHECK(store.size() == expected.size());
  CHECK(read_back(store) == expected);
  std::array<char, 7> part{};
  CHECK(store.read(12345, part) == 7);
  CHECK(std::string(part.data(), 7) == expected.substr(12345, 7));
  CHECK(store.read(expected.size() - 3, part) == 3);
  CHECK(store.read(expected.size(), part) == 0);
}

}  // namespace zoo::module
