// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "feedgen/base/files.h"
#include "packager/bundle/bill.h"

namespace {

using namespace zoo;
using namespace zoo::bundle;

const BillText kText{1700000000, "packager", "1.2.3"};

BillPart part(BillPart::Kind kind, const std::string& id, const std::string& licence = "") {
  BillPart out;
  out.kind = kind;
  out.id = out.name = id;
  out.version = "1.0";
  out.licence = licence;
  return out;
}

/// A package that needs one product and one of two others.
Bill sample() {
  Bill bill;
  bill.parts = {part(BillPart::Kind::kFile, "A-1.0.zip", "MIT"), part(BillPart::Kind::kProduct, "Same_Id"),
                part(BillPart::Kind::kProduct, "Same-Id"),
                part(BillPart::Kind::kProduct, "Third", "LicenseRef-Own OR (MIT)")};
  bill.parts[0].files = {{"a/b.txt", {std::string(40, '1'), std::string(64, '2'), 5}, ""}};
  bill.parts[2].licence_name = "Terms & conditions";
  bill.links = {
      {BillLink::Kind::kNeeds, 0, 1, {}}, {BillLink::Kind::kNeeds, 0, 1, {}}, {BillLink::Kind::kMayNeed, 0, 2, {}}};
  return bill;
}

bool contains(const std::string& text, const std::string& part_of) {
  return text.find(part_of) != std::string::npos;
}

std::string pe_file(std::uint16_t machine) {
  std::string out(256, '\0');
  out.replace(0, 2, "MZ");
  out[0x3C] = '\x80';
  out.replace(0x80, 4, std::string("PE\0\0", 4));
  out[0x84] = static_cast<char>(machine & 0xFFU);
  out[0x85] = static_cast<char>(machine >> 8U);
  return out;
}

}  // namespace

TEST_CASE("bill: UUIDs are those of version 5", "[bill]") {
  // As Python's uuid.uuid5(uuid.NAMESPACE_URL, ...) has it.
  CHECK(uuid_of("https://www.example.com/") == "3d3ed9d2-aa3d-5fa6-90e8-ed662e90f559");
  CHECK(uuid_of("a") != uuid_of("b"));
}

TEST_CASE("bill: times are UTC", "[bill]") {
  CHECK(iso_time(0) == "1970-01-01T00:00:00Z");
  CHECK(iso_time(1700000000) == "2023-11-14T22:13:20Z");
  CHECK(iso_time(951782399) == "2000-02-28T23:59:59Z");
}

TEST_CASE("bill: the machine of a program is that of its header", "[bill]") {
  CHECK(machine_of(pe_file(0x8664)) == "x64");
  CHECK(machine_of(pe_file(0x14C)) == "x86");
  CHECK(machine_of(pe_file(0xAA64)) == "other");
  CHECK(machine_of("MZ").empty());
  CHECK(machine_of("").empty());
  CHECK(machine_of("#!/usr/bin/perl").empty());
  std::string far = pe_file(0x8664);
  far[0x3C] = far[0x3D] = far[0x3E] = far[0x3F] = '\xFF';
  CHECK(machine_of(far).empty());
}

TEST_CASE("bill: an MSI without a cabinet has no files, a damaged one is refused", "[bill]") {
  const std::string folder = std::string(ZOO_SOURCE_DIR) + "/tests/fixtures/authenticode/";
  const std::string plain = read_file(folder + "plain.msi", 64U << 20U).value();
  const auto files = files_of_msi(plain);
  REQUIRE(files);
  for (std::size_t size = 0; size < plain.size(); size += 509) {
    CAPTURE(size);
    const auto cut = files_of_msi(std::string_view(plain).substr(0, size));
    if (cut) CHECK(cut->size() <= files->size());
  }
  CHECK_FALSE(files_of_msi("").has_value());
  CHECK_FALSE(files_of_msi(std::string(4096, 'x')).has_value());
}

TEST_CASE("bill: SPDX tells elements apart, alternatives from needs, and describes its own licences", "[bill]") {
  const std::string text = spdx_text(sample(), kText);
  CHECK(text == spdx_text(sample(), kText));
  for (const char* expected :
       {"\"SPDXRef-Product-Same-Id\"", "\"SPDXRef-Product-Same-Id-2\"", "\"relationshipType\": \"DEPENDS_ON\"",
        "\"relationshipType\": \"OPTIONAL_DEPENDENCY_OF\"", "\"licenseId\": \"LicenseRef-Own\"",
        "\"licenseDeclared\": \"LicenseRef-Terms---conditions\"", "\"extractedText\": \"Terms & conditions\"",
        "\"created\": \"2023-11-14T22:13:20Z\"", "\"Tool: packager-1.2.3\"", "\"fileName\": \"./a/b.txt\""}) {
    CAPTURE(expected);
    CHECK(contains(text, expected));
  }
  const std::size_t first = text.find("DEPENDS_ON");
  CHECK(text.find("DEPENDS_ON", first + 1) == std::string::npos);  // told once
}

TEST_CASE("bill: another content has another namespace and serial number", "[bill]") {
  Bill other = sample();
  other.parts[0].files[0].hashes.sha256 = std::string(64, '3');
  const auto line = [](const std::string& text, const std::string& key) {
    const std::size_t at = text.find(key);
    return text.substr(at, text.find('\n', at) - at);
  };
  CHECK(line(spdx_text(sample(), kText), "documentNamespace") != line(spdx_text(other, kText), "documentNamespace"));
  CHECK(line(cyclonedx_text(sample(), kText), "serialNumber") != line(cyclonedx_text(other, kText), "serialNumber"));
}

TEST_CASE("bill: names that are no UTF-8 do not break the text", "[bill]") {
  Bill bill = sample();
  bill.parts[0].files[0].name = "a\xFF\"b";
  CHECK(contains(spdx_text(bill, kText), "./a\xEF\xBF\xBD\\\"b"));
  CHECK(contains(cyclonedx_text(bill, kText), "a\xEF\xBF\xBD\\\"b"));
}

TEST_CASE("bill: a list of libraries is read whole or not at all", "[bill]") {
  const auto good =
      read_libraries("l", R"({"schema": 1, "libraries": [{"package": "a", "version": "1", "licence": "MIT"}],
               "programs": [{"name": "p.exe", "machine": "x64", "libraries": ["a"]}]})");
  REQUIRE(good);
  REQUIRE(good->program("p.exe", "x64") != nullptr);
  CHECK(good->program("p.exe", "x64")->libraries == std::vector<std::string>{"a"});
  CHECK(good->program("p.exe", "x86") == nullptr);
  for (const char* bad :
       {"", "[", "[]", "{}", R"({"schema": 2})", R"({"schema": "1"})",
        R"({"schema": 1, "libraries": [{"package": "a", "version": "1"}]})", R"({"schema": 1, "libraries": [5]})",
        R"({"schema": 1, "programs": [{"name": "p", "libraries": ["b"]}]})"}) {
    CAPTURE(bad);
    CHECK_FALSE(read_libraries("l", bad).has_value());
  }
}
