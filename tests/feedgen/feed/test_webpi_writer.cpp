// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "feedgen/base/files.h"
#include "feedgen/base/xml.h"
#include "feedgen/base/xml_writer.h"
#include "feedgen/feed/webpi_reader.h"
#include "feedgen/feed/webpi_writer.h"

namespace fs = std::filesystem;
using namespace zoo;

namespace {

std::optional<catalog::Catalog> read(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto document = XmlDocument::parse("feed.xml", text, sources, diagnostics);
  if (!document) return std::nullopt;
  return feed::read_webpi(document, diagnostics);
}

std::string escaped(std::string_view text, bool attribute) {
  std::string out;
  append_escaped(out, text, attribute);
  return out;
}

}  // namespace

TEST_CASE("webpi writer: what was written reads the same, for every fixture", "[webpi_writer]") {
  std::size_t feeds = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(ZOO_SOURCE_DIR) / "tests/fixtures/feeds")) {
    if (entry.path().extension() != ".xml") continue;
    INFO(entry.path().string());
    const auto first = read(read_file(entry.path().string(), kMaxManifestBytes).value());
    if (!first) continue;  // no feed at all: that is what the fixture shows
    ++feeds;
    const std::string written = feed::write_webpi(*first);
    const auto second = read(written);
    REQUIRE(second);
    CHECK(second->products.size() == first->products.size());
    CHECK(feed::write_webpi(*second) == written);
  }
  CHECK(feeds > 150);
}

TEST_CASE("webpi writer: the order of elements is canonical", "[webpi_writer]") {
  const std::string feed =
      "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><installers><installer><installCommands><cmdLine>"
      "<commandLineArguments>/q</commandLineArguments><exe>a.exe</exe></cmdLine></installCommands><id>1</id></"
      "installer>"
      "</installers><title>A &amp; B</title><productId>A</productId></entry><id>x</id></feed>";
  CHECK(
      feed::write_webpi(*read(feed)) ==
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n  <id>x</id>\n  "
      "<entry>\n"
      "    <productId>A</productId>\n    <title>A &amp; B</title>\n    <installers>\n      <installer>\n        "
      "<id>1</id>\n"
      "        <installCommands>\n          <cmdLine>\n            <exe>a.exe</exe>\n"
      "            <commandLineArguments>/q</commandLineArguments>\n          </cmdLine>\n        </installCommands>\n"
      "      </installer>\n    </installers>\n  </entry>\n</feed>\n");
}

TEST_CASE("xml writer: escapes what a reader would change", "[xml_writer]") {
  CHECK(escaped("a<b>&\"'\r\n\t", false) == "a&lt;b&gt;&amp;\"'&#13;\n\t");
  CHECK(escaped("a<b>&\"'\r\n\t", true) == "a&lt;b&gt;&amp;&quot;'&#13;&#10;&#9;");
  CHECK(escaped(std::string_view("\0\x01", 2), false) == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(escaped("\xC3\xA9", false) == "\xC3\xA9");
}
