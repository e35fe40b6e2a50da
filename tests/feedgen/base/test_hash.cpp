// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/hash.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

// The values are those of FIPS 180-4's examples ("abc", a million times "a") and of the empty message.
namespace {
constexpr auto kAbcSha1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
constexpr auto kAbcSha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr auto kMillionSha1 = "34aa973cd4c4daa4f61eeb2bdbad27316534016f";
constexpr auto kMillionSha256 = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
}  // namespace

TEST_CASE("Hasher gives the published digests", "[hash]") {
  zoo::Hasher abc;
  abc.update("a", 1);
  abc.update("bc", 2);
  const auto hashes = abc.finish();
  CHECK(hashes.sha1 == kAbcSha1);
  CHECK(hashes.sha256 == kAbcSha256);
  CHECK(hashes.size == 3);

  zoo::Hasher empty;
  CHECK(empty.finish().sha1 == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST_CASE("Hasher moves with its state", "[hash]") {
  zoo::Hasher first;
  first.update("ab", 2);
  zoo::Hasher second = std::move(first);
  second.update("c", 1);
  CHECK(second.finish().sha256 == kAbcSha256);
}

TEST_CASE("hash_file reads the whole file", "[hash]") {
  std::string name = (std::filesystem::temp_directory_path() / "zoo-hash-XXXXXX").string();
  ::close(::mkstemp(name.data()));
  std::ofstream(name) << std::string(1000000, 'a');
  const auto hashes = zoo::hash_file(name);
  REQUIRE(hashes);
  CHECK(hashes->sha1 == kMillionSha1);
  CHECK(hashes->sha256 == kMillionSha256);
  CHECK(hashes->size == 1000000);
  std::filesystem::remove(name);
}

TEST_CASE("hash_file says why it cannot read", "[hash]") {
  const auto missing = zoo::hash_file("/nonexistent/x");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "cannot read /nonexistent/x: No such file or directory");
  CHECK(zoo::hash_file("/").error().message == "cannot read /: Is a directory");
}
