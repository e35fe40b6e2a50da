// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/authenticode.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>

using zoo::read_signature;
using zoo::read_signature_of;
using zoo::Signature;
using State = zoo::Signature::State;

namespace {

std::string fixture_path(const std::string& name) {
  return std::string(ZOO_SOURCE_DIR) + "/tests/fixtures/authenticode/" + name;
}

std::string fixture(const std::string& name) {
  std::ifstream file(fixture_path(name), std::ios::binary);
  REQUIRE(file);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::uint32_t le32_at(const std::string& bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 4; i-- > 0;) out = out << 8U | static_cast<unsigned char>(bytes.at(at + i));
  return out;
}

void flip(std::string& bytes, std::size_t at) {
  bytes.at(at) = static_cast<char>(bytes.at(at) ^ 0x20);
}

/// Where the optional header of a 64-bit program has its checksum and its security directory entry.
std::size_t checksum_at(const std::string& exe) {
  return le32_at(exe, 60) + 24 + 64;
}
std::size_t entry_at(const std::string& exe) {
  return le32_at(exe, 60) + 24 + 112 + 4 * 8;
}

std::string utf16(const std::string& ascii) {
  std::string out;
  for (const char c : ascii) out += std::string{c, '\0'};
  return out;
}

}  // namespace

TEST_CASE("Signed programs and packages name their signer", "[authenticode]") {
  const std::string name =
      GENERATE("sha256-64.exe", "sha256-32.exe", "sha1-64.exe", "sha512-64.exe", "sha256-overlay.exe", "sha256.msi",
               "sha1.msi", "sha256-extended.msi", "sha256-storages.msi", "sha256-storages-extended.msi");
  CAPTURE(name);
  const auto signature = read_signature(fixture_path(name));
  REQUIRE(signature);
  CHECK(signature->reason.empty());
  CHECK(signature->state == State::kSigned);
  CHECK(signature->signer == "Zoo Test Signer");
  CHECK(read_signature_of(fixture(name)).state == State::kSigned);
}

TEST_CASE("Unsigned and other files are told apart", "[authenticode]") {
  CHECK(read_signature(fixture_path("plain64.exe"))->state == State::kUnsigned);
  CHECK(read_signature(fixture_path("plain.msi"))->state == State::kUnsigned);
  CHECK(read_signature(fixture_path("make.sh"))->state == State::kNotApplicable);
  CHECK(read_signature_of("").state == State::kNotApplicable);
  CHECK(read_signature_of("MZ").state == State::kNotApplicable);
  CHECK_FALSE(read_signature("/nonexistent"));
  CHECK_FALSE(read_signature("/"));
}

TEST_CASE("A digest that is not known is not judged", "[authenticode]") {
  const auto signature = read_signature(fixture_path("md5-64.exe"));
  CHECK(signature->state == State::kUnverifiable);
  CHECK(signature->reason == "its signature uses a digest other than SHA-1 and SHA-2");
}

TEST_CASE("No byte of a signed program can change but checksum and table entry", "[authenticode]") {
  const std::string exe = fixture("sha256-64.exe");
  const std::size_t table = le32_at(exe, entry_at(exe));
  std::string bytes = exe;
  for (std::size_t i = 0; i < table; ++i) {
    if (i >= checksum_at(exe) && i < checksum_at(exe) + 4) continue;
    CAPTURE(i);
    flip(bytes, i);
    // The entry itself says where the signature lies: it is found wrong by that.
    CHECK(read_signature_of(bytes).state != State::kSigned);
    flip(bytes, i);
  }
  flip(bytes, checksum_at(exe));
  CHECK(read_signature_of(bytes).state == State::kSigned);
}

TEST_CASE("A changed program and a changed signature are told apart", "[authenticode]") {
  std::string changed = fixture("sha256-64.exe");
  flip(changed, 0x50);
  CHECK(read_signature_of(changed).reason == "its content is not the one that was signed");
  std::string resigned = fixture("sha256-64.exe");
  // The last bytes of the structure are the signature value; padding follows.
  flip(resigned, resigned.size() - 40);
  CHECK(read_signature_of(resigned).reason == "its signature was not made by the key of its certificate");
  CHECK(read_signature_of(fixture("sha256-64.exe") + "more").reason == "its certificate table is cut off or broken");
}

TEST_CASE("A signature of another file does not count", "[authenticode]") {
  // The certificate table of one program behind another one of the same layout.
  const std::string other = fixture("sha256-64.exe");
  std::string bytes = other;
  const std::size_t table = le32_at(other, entry_at(other));
  bytes[0x100] = static_cast<char>(bytes[0x100] + 1);
  REQUIRE(bytes.substr(table) == other.substr(table));
  CHECK(read_signature_of(bytes).state == State::kDamaged);
}

TEST_CASE("The streams of a signed package cannot change", "[authenticode]") {
  const std::string name = GENERATE("sha256.msi", "sha256-extended.msi");
  std::string msi = fixture(name);
  const auto cabinet = msi.find("MSCF");
  REQUIRE(cabinet != std::string::npos);
  flip(msi, cabinet + 60);
  CHECK(read_signature_of(msi).state == State::kDamaged);
  std::string storages = fixture("sha256-storages.msi");
  for (auto at = storages.find("A file of the package"); at != std::string::npos;
       at = storages.find("A file of the package", at + 1)) {
    flip(storages, at);
    CHECK(read_signature_of(storages).reason == "its content is not the one that was signed");
    flip(storages, at);
  }
}

TEST_CASE("Names in a package are covered by the extended signature only", "[authenticode]") {
  const auto renamed = [](const std::string& name) {
    std::string msi = fixture(name);
    const auto at = msi.find(utf16("inner"));
    REQUIRE(at != std::string::npos);
    msi[at + 8] = 's';
    return read_signature_of(msi);
  };
  CHECK(renamed("sha256-storages.msi").state == State::kSigned);
  CHECK(renamed("sha256-storages-extended.msi").state == State::kDamaged);
}

TEST_CASE("A file cut anywhere is not signed", "[authenticode]") {
  const std::string name = GENERATE("sha256-64.exe", "sha256-32.exe", "sha256.msi", "sha256-extended.msi");
  const std::string bytes = fixture(name);
  CAPTURE(name);
  for (std::size_t size = 0; size + 512 < bytes.size(); size += 13) {
    CAPTURE(size);
    CHECK(read_signature_of(bytes.substr(0, size)).state != State::kSigned);
  }
}

TEST_CASE("Loops in a compound file end", "[authenticode]") {
  const std::string name = GENERATE("sha256.msi", "sha256-storages.msi");
  const std::string msi = fixture(name);
  const std::size_t fat = (std::size_t{le32_at(msi, 76)} + 1) * 512;
  // Every sector leads to itself, to the first one, or out of the file.
  for (const char value : {'\0', '\1', '\x7F'}) {
    std::string bytes = msi;
    for (std::size_t i = 0; i < 512; i += 4) bytes.replace(fat + i, 4, std::string{value, '\0', '\0', '\0'});
    CHECK(read_signature_of(bytes).state != State::kSigned);
  }
  std::string own = msi;
  for (std::size_t i = 0; i < 128; ++i) own[fat + 4 * i] = static_cast<char>(i);
  CHECK(read_signature_of(own).state != State::kSigned);
  // The first entry of the directory, and every sibling link, leads back to the root's child.
  const std::size_t directory = (std::size_t{le32_at(msi, 48)} + 1) * 512;
  std::string tree = msi;
  tree.replace(directory + 128 + 68, 12, std::string("\1\0\0\0\1\0\0\0\1\0\0\0", 12));
  CHECK(read_signature_of(tree).state == State::kDamaged);
}

TEST_CASE("Random damage does no harm", "[authenticode]") {
  const std::string name = GENERATE("sha256-64.exe", "sha256-storages-extended.msi");
  const std::string original = fixture(name);
  std::uint32_t random = 12345;
  const auto next = [&random] { return random = random * 1664525U + 1013904223U; };
  for (int round = 0; round < 500; ++round) {
    std::string bytes = original;
    for (unsigned i = 0; i < 8; ++i) bytes[(next() >> 4U) % bytes.size()] = static_cast<char>(next() >> 24U);
    const Signature signature = read_signature_of(bytes);
    const bool judged_bad = signature.state == State::kDamaged || signature.state == State::kUnverifiable;
    CHECK(judged_bad != signature.reason.empty());
  }
}
