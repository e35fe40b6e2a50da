// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "feedgen/base/xml.h"

using zoo::Diagnostics;
using zoo::SourceSet;
using zoo::XmlDocument;
using zoo::XmlNode;

namespace {

struct Parsed {
  SourceSet sources;
  Diagnostics diagnostics;
  std::shared_ptr<XmlDocument> document;
  explicit Parsed(std::string text) : document(XmlDocument::parse("t.xml", std::move(text), sources, diagnostics)) {}
  std::string place(zoo::SourcePos pos) const {
    const auto at = sources.at(pos.source).line_column(pos.offset);
    return std::to_string(at.line) + ":" + std::to_string(at.column);
  }
  std::string code() const { return diagnostics.items().empty() ? "" : diagnostics.items()[0].code; }
};

}  // namespace

TEST_CASE("xml: elements and attributes have their places", "[xml]") {
  const Parsed p("<?xml version=\"1.0\"?>\n<a>\n  <b x='1'\n     y=\"a>b\" zz = '2'>t</b>\n</a>\n");
  REQUIRE(p.document);
  const XmlNode b = p.document->root().child("b");
  CHECK(p.place(b.pos()) == "3:4");
  CHECK(p.place(b.pos("x")) == "3:6");
  CHECK(p.place(b.pos("y")) == "4:6");
  CHECK(p.place(b.pos("zz")) == "4:14");
  CHECK(b.pos("none").offset == b.pos().offset);
  CHECK(b.attribute("y").value() == "a>b");
  CHECK(b.text() == "t");
}

TEST_CASE("xml: text is joined around comments, CDATA and entities", "[xml]") {
  const Parsed p("<a>one <!-- c --><![CDATA[<two>]]> &amp; three<b/></a>");
  REQUIRE(p.document);
  CHECK(p.document->root().text() == "one <two> & three");
  CHECK(p.document->root().child("b").text().empty());
  CHECK(p.document->root().child("b").text().data() != nullptr);
}

TEST_CASE("xml: what a conforming reader refuses is refused with its place", "[xml]") {
  struct Case {
    std::string text, code, place;
  };
  const Case cases[] = {
      {"<a><b></a>", "ZX0101", "1:7"},
      {"<a x='1' x='2'/>", "ZX0101", "1:10"},
      {"<a>\n&nbsp;</a>", "ZX0101", "2:1"},
      {"<a/><b/>", "ZX0101", "1:5"},
      {"<a>a & b</a>", "ZX0101", "1:6"},
      {"<p:a/>", "ZX0101", "1:1"},
      {"<a>\x01</a>", "ZX0101", "1:4"},
      {"", "ZX0101", "1:1"},
      {"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "ZX0105", "1:1"},
      {"<?xml version='1.0' encoding='no-such'?><a/>", "ZX0102", "1:1"},
  };
  for (const Case& c : cases) {
    const Parsed p(c.text);
    INFO(c.text);
    CHECK(p.document == nullptr);
    CHECK(p.code() == c.code);
    CHECK(p.place(p.diagnostics.items().at(0).pos).substr(0, 1) == c.place.substr(0, 1));
  }
  CHECK(Parsed("<!DOCTYPE a><a/>").document != nullptr);
}

TEST_CASE("xml: depth is bounded", "[xml]") {
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "<a>";
    for (int i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  CHECK(Parsed(nested(256)).document != nullptr);
  CHECK(Parsed(nested(257)).code() == "ZX0104");
  CHECK(Parsed(nested(200000)).code() == "ZX0104");
}

TEST_CASE("xml: other encodings become UTF-8, the caret counts characters", "[xml]") {
  const std::string utf16 = [] {
    std::string out = "\xFF\xFE";
    for (const char c : std::string("<a>\xE9</a>")) {
      out += c;
      out += '\0';
    }
    return out;
  }();
  const Parsed wide(utf16);
  REQUIRE(wide.document);
  CHECK(wide.document->root().text() == "\xC3\xA9");
  const Parsed latin("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>");
  REQUIRE(latin.document);
  CHECK(latin.document->root().text() == "\xC3\xA9");
  CHECK(Parsed("\xEF\xBB\xBF<a/>").document != nullptr);
  const Parsed accents("<a><!-- \xC3\xA9\xC3\xA9 --><b/></a>");
  REQUIRE(accents.document);
  CHECK(accents.place(accents.document->root().child("b").pos()) == "1:16");
}
