// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/lock_file.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "feedgen/base/files.h"

using namespace zoo;
using namespace zoo::catalog;

namespace {

const std::string kSha1(40, 'a');
const std::string kSha256(64, 'b');

struct Reading {
  SourceSet sources;
  Diagnostics diagnostics;
  std::optional<LockFile> lock;
  explicit Reading(std::string text) { lock = read_lock("lock.xml", std::move(text), sources, diagnostics); }
  std::string text() const {
    std::string out;
    for (const Diagnostic& d : diagnostics.items()) out += to_text(d, sources, false);
    return out;
  }
};

std::string lock_with(const std::string& attributes) {
  return "<lock xmlns=\"urn:zoo:lock:1\">\n  <file " + attributes + "/>\n</lock>\n";
}

std::string attributes(const std::string& url) {
  return "url=\"" + url + "\" size=\"5\" sha1=\"" + kSha1 + "\" sha256=\"" + kSha256 +
         "\" seen=\"2026-11-23T22:00:00Z\"";
}

LockEntry entry() {
  LockEntry e;
  e.size = 5;
  e.sha1 = kSha1;
  e.sha256 = kSha256;
  e.seen = "2026-11-23T22:00:00Z";
  return e;
}

}  // namespace

TEST_CASE("A lock is written sorted and read back equal", "[lock_file]") {
  LockFile lock;
  lock.entries["https://b.example/2"] = entry();
  lock.entries["https://a.example/?x=1&y=<>"] = entry();
  LockEntry full = entry();
  full.signer = "Bücher & \"Söhne\" <GmbH>";
  full.etag = "W/\"5f3\tx\"";
  full.modified = "Mon, 23 Nov 2026 21:00:00 GMT";
  lock.entries["https://b.example/1"] = full;
  const std::string text = write_lock(lock);
  CHECK(text ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<lock xmlns=\"urn:zoo:lock:1\">\n"
        "  <file url=\"https://a.example/?x=1&amp;y=&lt;&gt;\" size=\"5\" sha1=\"" +
            kSha1 + "\" sha256=\"" + kSha256 +
            "\" seen=\"2026-11-23T22:00:00Z\"/>\n"
            "  <file url=\"https://b.example/1\" size=\"5\" sha1=\"" +
            kSha1 + "\" sha256=\"" + kSha256 +
            "\" signer=\"Bücher &amp; &quot;Söhne&quot; &lt;GmbH&gt;\" etag=\"W/&quot;5f3&#9;x&quot;\""
            " modified=\"Mon, 23 Nov 2026 21:00:00 GMT\" seen=\"2026-11-23T22:00:00Z\"/>\n"
            "  <file url=\"https://b.example/2\" size=\"5\" sha1=\"" +
            kSha1 + "\" sha256=\"" + kSha256 + "\" seen=\"2026-11-23T22:00:00Z\"/>\n</lock>\n");
  const Reading reading(text);
  REQUIRE(reading.lock);
  CHECK(reading.diagnostics.items().empty());
  CHECK(*reading.lock == lock);
  CHECK(write_lock(*reading.lock) == text);
}

TEST_CASE("An empty lock is a lock", "[lock_file]") {
  const Reading reading(write_lock({}));
  REQUIRE(reading.lock);
  CHECK(reading.lock->entries.empty());
}

TEST_CASE("Entries are found by URL", "[lock_file]") {
  const Reading reading(lock_with(attributes("https://a.example/x")));
  REQUIRE(reading.lock);
  REQUIRE(reading.lock->find("https://a.example/x") != nullptr);
  CHECK(reading.lock->find("https://a.example/x")->size == 5);
  CHECK(reading.lock->find("https://a.example/X") == nullptr);
}

TEST_CASE("All errors are reported at their places", "[lock_file]") {
  const Reading reading(
      "<lock xmlns=\"urn:zoo:lock:1\">\n"
      "  <file url=\"x\" size=\"-1\" sha1=\"AA\" sha256=\"\" etag=\"\" seen=\"2026-11-23\"/>\n"
      "  <file " +
      attributes("https://a.example/x") + "/>\n  <file " + attributes("https://a.example/x") + "/>\n</lock>\n");
  CHECK_FALSE(reading.lock);
  const std::string text = reading.text();
  CHECK_THAT(text, Catch::Contains("lock.xml:2:9: error ZL0107: url \"x\" is no absolute http, https or file URL"));
  CHECK_THAT(text, Catch::Contains("lock.xml:2:17: error ZL0108: size \"-1\" is no positive number of bytes"));
  CHECK_THAT(text, Catch::Contains("lock.xml:2:27: error ZL0109: sha1 \"AA\" is no SHA-1"));
  CHECK_THAT(text, Catch::Contains("lock.xml:2:37: error ZL0110: sha256 \"\" is no SHA-256"));
  CHECK_THAT(text, Catch::Contains("lock.xml:2:47: error ZL0111: etag \"\" is empty"));
  CHECK_THAT(text, Catch::Contains("error ZL0112: seen \"2026-11-23\" is no time in UTC"));
  CHECK_THAT(text, Catch::Contains("lock.xml:4:4: error ZL0113: https://a.example/x is locked twice"));
}

TEST_CASE("Disorder is a warning, so that a merged lock can be written again", "[lock_file]") {
  const Reading reading("<lock xmlns=\"urn:zoo:lock:1\"><file " + attributes("https://b.example/") + "/><file " +
                        attributes("https://a.example/") + "/></lock>");
  CHECK(reading.lock);
  CHECK(reading.diagnostics.has("ZL0114"));
  CHECK_FALSE(reading.diagnostics.has_errors());
}

TEST_CASE("Each lock fixture gets the verdict of its name", "[lock_file]") {
  std::size_t seen = 0;
  for (const auto& file : std::filesystem::directory_iterator(std::string(ZOO_SOURCE_DIR) + "/tests/fixtures/locks")) {
    const std::string name = file.path().filename().string();
    if (!name.ends_with(".xml")) continue;
    CAPTURE(name);
    const Reading reading(read_file(file.path().string(), kMaxManifestBytes).value());
    CHECK(reading.diagnostics.items().empty() == name.starts_with("good-"));
    const bool stays_readable = name.starts_with("good-") || name == "bad-order.xml";
    CHECK(reading.lock.has_value() == stays_readable);
    ++seen;
  }
  CHECK(seen >= 20);
}

TEST_CASE("Times are UTC", "[lock_file]") {
  CHECK(lock_time(0) == "1970-01-01T00:00:00Z");
  CHECK(lock_time(1795471200) == "2026-11-23T22:00:00Z");
}

TEST_CASE("XML text is UTF-8 of allowed characters", "[lock_file]") {
  CHECK(is_xml_text(""));
  CHECK(is_xml_text("a\tü€\xF0\x9F\x98\x80"));
  for (const char* bad : {"\x01", "\x7F\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xEF\xBF\xBE",
                          "\xF8\x88\x80\x80", "\xF4\x90\x80\x80", "\xC3", "\xFF"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_xml_text(bad));
  }
}
