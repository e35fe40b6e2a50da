// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "module/posix/body_store.h"

using zoo::module::BodyStore;

namespace {

std::string read_all(BodyStore& body) {
  std::string text(static_cast<std::size_t>(body.size()) + 10, '?');
  text.resize(body.read(0, text));
  return text;
}

}  // namespace

TEST_CASE("a body is the same in memory and in a file", "[body_store]") {
  BodyStore body;
  body.start(10, "");
  REQUIRE(body.append("01234"));
  REQUIRE(body.append("56789"));
  CHECK(read_all(body) == "0123456789");
  REQUIRE(body.append("abc"));  // more than may be in memory
  CHECK(body.size() == 13);
  CHECK(read_all(body) == "0123456789abc");
  std::string part(4, '?');
  CHECK(body.read(8, part) == 4);
  CHECK(part == "89ab");
  CHECK(body.read(13, part) == 0);
  body.start(10, "");
  CHECK(body.size() == 0);
}

TEST_CASE("a folder that is not there is told", "[body_store]") {
  BodyStore body;
  body.start(1, "/nonexistent/folder");
  CHECK(body.append("a"));
  CHECK_FALSE(body.append("b"));
}
