// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "feedgen/base/files.h"
#include "packager/package/names.h"
#include "packager/package/zip_archive.h"
#include "packager/package/zip_writer.h"
#include "tests/packager/zip_crafter.h"

using namespace zoo;
using namespace zoo::package;
using zoo::package::test::CraftedEntry;
using zoo::package::test::stored;
using zoo::package::test::ZipCrafter;

namespace {

struct Opened {
  Diagnostics diagnostics;
  std::string bytes;
  std::unique_ptr<ZipArchive> archive;
};

std::unique_ptr<Opened> open(std::string bytes, const ZipLimits& limits = {}) {
  auto out = std::make_unique<Opened>();
  out->bytes = std::move(bytes);
  out->archive = ZipArchive::open(std::make_shared<MemorySource>(out->bytes), limits, out->diagnostics);
  return out;
}

std::vector<ZipItem> sample() {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "line " + std::to_string(i * 7919 % 1000) + "\n";
  return {
      bytes_item("app/web.config", "<configuration/>"), bytes_item("app/text.txt", text),   folder_item("app/empty"),
      bytes_item("app/\u00fcber/\u65e5.txt", "x"),      bytes_item("manifest.xml", "<a/>"), bytes_item("app/none", "")};
}

std::string zip_of(std::vector<ZipItem> items, const ZipOptions& options = {}) {
  Result<std::string> out = make_zip(std::move(items), options);
  REQUIRE(out);
  return std::move(*out);
}

const ZipEntry& entry(const ZipArchive& archive, std::string_view name) {
  for (const ZipEntry& e : archive.entries()) {
    if (e.name == name) return e;
  }
  FAIL("no entry " << name);
  return archive.entries().front();
}

std::string first_code(const Opened& opened) {
  return opened.diagnostics.items().empty() ? "" : opened.diagnostics.items().front().code;
}

}  // namespace

TEST_CASE("every folder has an entry when the flavour needs it, else the empty ones", "[zip]") {
  const auto folders = [](bool all) {
    ZipOptions options;
    options.all_folders = all;
    std::vector<std::string> names;
    const auto opened = open(zip_of(
        {bytes_item("a/b/c/file", "x"), folder_item("a/b"), folder_item("a/d/e"), folder_item("a/d"), folder_item("f")},
        options));
    for (const ZipEntry& e : opened->archive->entries()) {
      if (e.is_folder()) names.push_back(e.name);
    }
    return names;
  };
  CHECK(folders(false) == std::vector<std::string>{"a/d/e/", "f/"});
  CHECK(folders(true) == std::vector<std::string>{"a/", "a/b/", "a/b/c/", "a/d/", "a/d/e/", "f/"});
}

TEST_CASE("what is written is read again", "[zip]") {
  const auto opened = open(zip_of(sample()));
  REQUIRE(opened->archive);
  CHECK(opened->diagnostics.items().empty());
  std::vector<std::string> names;
  for (const ZipEntry& e : opened->archive->entries()) names.push_back(e.name);
  CHECK(names == std::vector<std::string>{"app/empty/", "app/none", "app/text.txt", "app/web.config",
                                          "app/\u00fcber/\u65e5.txt", "manifest.xml"});
  for (const ZipItem& item : sample()) {
    if (item.is_folder()) continue;
    INFO(item.name);
    const auto content = opened->archive->read(entry(*opened->archive, item.name), 1U << 20U);
    REQUIRE(content);
    CHECK(*content == *item.bytes);
  }
  CHECK(entry(*opened->archive, "app/text.txt").method == 8);
  CHECK(entry(*opened->archive, "manifest.xml").method == 0);
}

TEST_CASE("the bytes depend on contents alone", "[zip]") {
  const std::string one = zip_of(sample(), {.threads = 1});
  CHECK(one == zip_of(sample(), {.threads = 7}));
  auto reversed = sample();
  std::reverse(reversed.begin(), reversed.end());
  CHECK(one == zip_of(reversed));
  CompressionCache cache;
  CHECK(one == zip_of(sample(), {.cache = &cache}));
  CHECK(zip_of(sample(), {.level = Level::kRelease}).size() <= one.size());
}

TEST_CASE("equal contents are compressed once for all packages", "[zip]") {
  CompressionCache cache;
  const std::string large(100000, 'm');
  auto module_item = bytes_item("zoo/module.msi", large);
  module_item.shared = true;
  const std::string one = zip_of({module_item, bytes_item("a", "1")}, {.cache = &cache});
  CHECK(cache.hits() == 0);
  const std::string two = zip_of({module_item, bytes_item("b", "2")}, {.cache = &cache});
  CHECK(cache.hits() == 1);
  zip_of({bytes_item("x", large), bytes_item("y", large)}, {.cache = &cache});
  CHECK(cache.hits() == 3);
}

TEST_CASE("shared contents that differ stay apart", "[zip]") {
  CompressionCache cache;
  std::vector<ZipItem> items = {bytes_item("x64.msi", std::string(100000, 'a')),
                                bytes_item("x86.msi", std::string(100000, 'b'))};
  for (ZipItem& item : items) item.shared = true;
  const auto opened = open(zip_of(items, {.cache = &cache}));
  REQUIRE(opened->archive);
  CHECK(cache.hits() == 0);
  for (const ZipItem& item : items) {
    CHECK(opened->archive->read(entry(*opened->archive, item.name), 1U << 20U).value_or("") == *item.bytes);
  }
}

TEST_CASE("a file whose bytes change does not keep size and time", "[zip]") {
  int same = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t a = std::uint64_t{0x1234567800000000} + static_cast<unsigned>(i);
    if (content_time(a, kDefaultEpoch) == content_time(a + 1, kDefaultEpoch)) ++same;
  }
  CHECK(same == 0);
  const auto time_of = [](const std::string& bytes) {
    const auto opened = open(bytes);
    return entry(*opened->archive, "a").time;
  };
  const std::string old = zip_of({bytes_item("a", "debug = 1")});
  CHECK(time_of(old) != time_of(zip_of({bytes_item("a", "debug = 0")})));
  CHECK(time_of(old) == time_of(zip_of({bytes_item("a", "debug = 1"), bytes_item("b", "")})));
  // When the derived times do collide, the earlier package decides.
  const DosTime collided = time_of(old);
  const std::vector<EarlierFile> earlier = {{"A", 9, 1, collided}};
  const DosTime moved = time_of(zip_of({bytes_item("a", "debug = 1")}, {.earlier = &earlier}));
  CHECK(moved != collided);
}

TEST_CASE("times lie in the years before that of the build and are even", "[zip]") {
  const std::int64_t epoch = 1795000000;  // 2026-11
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const std::int64_t t = from_dos_time(content_time(i * 0x9E3779B97F4A7C15ULL, epoch));
    CHECK(t < 1767225600);
    CHECK(t >= 1262304000);
    CHECK(t % 2 == 0);
  }
  CHECK(to_text(to_dos_time(1767225599)) == "2025-12-31 23:59:58");
  CHECK(is_valid(content_time(1, 0)));
  CHECK_FALSE(is_valid({0, 0}));
  CHECK(from_dos_time(to_dos_time(951782400)) == 951782400);
}

TEST_CASE("compressed formats are stored", "[zip]") {
  const auto opened =
      open(zip_of({bytes_item("a.PNG", std::string(1000, 'x')), bytes_item("a.txt", std::string(1000, 'x')),
                   bytes_item("png/x", std::string(1000, 'x'))}));
  CHECK(entry(*opened->archive, "a.PNG").method == 0);
  CHECK(entry(*opened->archive, "a.txt").method == 8);
  CHECK(entry(*opened->archive, "png/x").method == 8);
}

TEST_CASE("the writer refuses what Web Deploy would lose, with the file's name", "[zip]") {
  const auto refused = [](std::vector<ZipItem> items, const char* code, const char* name) {
    Diagnostics diagnostics;
    CHECK_FALSE(check_items(items, diagnostics));
    CHECK(diagnostics.has(code));
    const auto made = make_zip(std::move(items), {});
    REQUIRE_FALSE(made);
    CHECK_THAT(made.error().message, Catch::Contains(name));
  };
  refused({bytes_item("a/../b", "")}, "ZP0106", "a/../b");
  refused({bytes_item("/b", "")}, "ZP0107", "/b");
  refused({bytes_item("a\\b", "")}, "ZP0108", "a\\b");
  refused({bytes_item("a/aux.py", "")}, "ZP0109", "a/aux.py");
  refused({bytes_item("a/x", ""), bytes_item("a/X", "")}, "ZP0110", "a/X");
  refused({bytes_item("a\xff", "")}, "ZP0111", "a");
}

TEST_CASE("files come from disk; links are refused and missing files told", "[zip]") {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "zoo-test-zip";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "real") << "content";
  std::filesystem::create_symlink("real", folder / "link");
  const auto opened = open(zip_of({file_item("x", (folder / "real").string())}));
  CHECK(*opened->archive->read(entry(*opened->archive, "x"), 100) == "content");
  Diagnostics diagnostics;
  CHECK_FALSE(check_items({file_item("x", (folder / "link").string())}, diagnostics));
  CHECK(diagnostics.has("ZP0113"));
  const auto missing = make_zip({file_item("x", (folder / "none").string())}, {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ExitCode::kIo);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a container cut off anywhere is refused or unreadable, never more", "[zip][hostile]") {
  const std::string whole = zip_of(sample());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto opened = open(whole.substr(0, size));
    INFO(size);
    CHECK_FALSE(opened->archive);
    CHECK(opened->diagnostics.has("ZP0101"));
  }
}

TEST_CASE("every byte of the headers may be wrong", "[zip][hostile]") {
  const std::string whole =
      zip_of({bytes_item("app/a.txt", std::string(300, 'a')), bytes_item("manifest.xml", "<a/>")});
  std::size_t unharmed = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    const auto opened = open(damaged);
    if (!opened->archive) continue;
    bool all_read = true;
    for (const ZipEntry& e : opened->archive->entries()) {
      const auto content = opened->archive->read(e, 1U << 20U);
      if (content && !e.is_folder()) CHECK(content->size() == e.size);
      all_read = all_read && content;
    }
    if (all_read && opened->diagnostics.items().empty()) ++unharmed;
  }
  CHECK(unharmed < whole.size() / 2);
}

TEST_CASE("what a container may lie about", "[zip][hostile]") {
  SECTION("no zip") {
    CHECK(first_code(*open("")) == "ZP0101");
    CHECK(first_code(*open(std::string(70000, 'x'))) == "ZP0101");
  }
  SECTION("bytes before it") {
    CHECK(open("MZ" + ZipCrafter().file("a", "1").finish())->diagnostics.has("ZP0101"));
  }
  SECTION("names outside") {
    const auto opened = open(ZipCrafter().file("app/../../evil", "1").file("ok", "2").finish());
    CHECK(opened->diagnostics.has("ZP0106"));
  }
  SECTION("a size that is too small") {
    CraftedEntry e = stored("a", "12345");
    e.size = 3;
    const auto opened = open(ZipCrafter().add(e).finish());
    REQUIRE(opened->archive);
    const auto content = opened->archive->read(opened->archive->entries()[0], 100);
    REQUIRE_FALSE(content);
    CHECK(content.error().code == ExitCode::kVerification);
  }
  SECTION("a wrong CRC") {
    CraftedEntry e = stored("a", "12345");
    e.crc ^= 1U;
    const auto opened = open(ZipCrafter().add(e).finish());
    CHECK_FALSE(opened->archive->read(opened->archive->entries()[0], 100));
  }
  SECTION("a size without end") {
    CraftedEntry e = stored("a", "12345");
    e.size = 0xFFFFFFF0U;
    CHECK(open(ZipCrafter().add(e).finish())->diagnostics.has("ZP0121"));
  }
  SECTION("entries over each other") {
    CraftedEntry e = stored("b", "12345");
    e.offset = 0;
    const auto opened = open(ZipCrafter().file("a", "12345").add(e).finish());
    CHECK(opened->diagnostics.has("ZP0105"));
  }
  SECTION("an offset behind the end") {
    CraftedEntry e = stored("b", "12345");
    e.offset = 0x7FFFFFF0;
    const auto opened = open(ZipCrafter().file("a", "1").add(e).finish());
    CHECK(opened->diagnostics.has("ZP0105"));
    CHECK_FALSE(opened->archive->read(opened->archive->entries()[1], 100));
  }
  SECTION("zip64") {
    CraftedEntry e = stored("a", "12345");
    e.extra = std::string("\x01\x00\x08\x00\x05\x00\x00\x00\x00\x00\x00\x00", 12);
    CHECK(open(ZipCrafter().add(e).finish())->diagnostics.has("ZP0103"));
    CraftedEntry marker = stored("a", "12345");
    marker.size = 0xFFFFFFFF;
    CHECK(open(ZipCrafter().add(marker).finish())->diagnostics.has("ZP0103"));
  }
  SECTION("other methods, encryption, links, attributes, dates") {
    CraftedEntry e = stored("a", "12345");
    e.method = 9;
    e.flags = 1;
    e.made_by = 0x0314;
    e.attributes = 0xA1FF0003U;
    e.date = 0;
    e.local_name = "b";
    const auto opened = open(ZipCrafter().add(e).finish());
    for (const char* code : {"ZP0102", "ZP0104", "ZP0113", "ZP0116", "ZP0117", "ZP0120"}) {
      INFO(code);
      CHECK(opened->diagnostics.has(code));
    }
    CHECK_FALSE(opened->archive->read(opened->archive->entries()[0], 100));
  }
  SECTION("two names for one file") {
    CHECK(open(ZipCrafter().file("a", "1").file("A", "2").finish())->diagnostics.has("ZP0110"));
    CHECK(open(ZipCrafter().file("a/x", "1").file("A/y", "2").finish())->diagnostics.has("ZP0122"));
  }
  SECTION("one time for all") {
    CraftedEntry a = stored("a", "1"), b = stored("b", "2");
    a.time = b.time = 0;
    CHECK(open(ZipCrafter().add(a).add(b).finish())->diagnostics.has("ZP0118"));
    a.time = b.time = 0x6000;  // noon: files that were copied at one moment
    CHECK_FALSE(open(ZipCrafter().add(a).add(b).finish())->diagnostics.has("ZP0118"));
  }
  SECTION("attributes of parts that are not installed") {
    CraftedEntry part = stored("Manifest.xml", "1"), file = stored("app/a.txt", "2");
    part.attributes = 1;
    CHECK_FALSE(open(ZipCrafter().add(part).add(file).finish())->diagnostics.has("ZP0116"));
    file.attributes = 1;
    CHECK(open(ZipCrafter().add(part).add(file).finish())->diagnostics.has("ZP0116"));
  }
  SECTION("more entries than allowed") {
    ZipCrafter crafter;
    for (int i = 0; i < 50; ++i) crafter.file("f" + std::to_string(i), "");
    CHECK(open(crafter.finish(), {.entries = 49})->diagnostics.has("ZP0121"));
  }
}

TEST_CASE("a bomb is refused before it is unpacked, and a lying one while", "[zip][hostile]") {
  const std::string bomb = zip_of({bytes_item("a", std::string(8U << 20U, '\0'))});
  CHECK(bomb.size() < 20000);
  CHECK(open(bomb, {.free_bytes = 1U << 20U})->diagnostics.has("ZP0121"));
  // The same content that claims to be small.
  const auto honest = open(zip_of({bytes_item("a", std::string(1U << 20U, '\0'))}));
  const ZipEntry& e = honest->archive->entries()[0];
  CraftedEntry lying;
  lying.name = "a";
  lying.data = honest->bytes.substr(static_cast<std::size_t>(e.data), static_cast<std::size_t>(e.compressed));
  lying.method = 8;
  lying.size = 10;
  const auto opened = open(ZipCrafter().add(lying).finish());
  REQUIRE(opened->archive);
  std::size_t got = 0;
  const auto done = opened->archive->read(opened->archive->entries()[0], [&](std::string_view piece) {
    got += piece.size();
    return true;
  });
  CHECK_FALSE(done);
  CHECK(got <= 10);
}

TEST_CASE("a million entries end at the limit", "[zip][hostile]") {
  ZipCrafter crafter;
  for (int i = 0; i < 1000000; ++i) crafter.file(std::to_string(i), "");
  const auto opened = open(crafter.finish());
  CHECK_FALSE(opened->archive);
  CHECK(opened->diagnostics.has("ZP0121"));
  CHECK(opened->diagnostics.items().size() < 10);
}
