// SPDX-License-Identifier: Apache-2.0
#include <expat.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/xml_fast_check.h"

using zoo::surely_well_formed;
using namespace std::string_view_literals;

namespace {

constexpr unsigned kDepth = 256;

/// The complete parser's verdict, with the settings of feedgen/base/xml.cpp.
bool expat_accepts(std::string_view text) {
  const XML_Parser parser = XML_ParserCreateNS("UTF-8", '\n');
  const bool accepted = XML_Parse(parser, text.data(), static_cast<int>(text.size()), 1) == XML_STATUS_OK;
  XML_ParserFree(parser);
  return accepted;
}

std::string nested(unsigned depth) {
  std::string text;
  for (unsigned i = 0; i < depth; ++i) text += "<a>";
  for (unsigned i = 0; i < depth; ++i) text += "</a>";
  return text;
}

const std::vector<std::string_view> kPlain = {
    "<a/>",
    "<a></a >",
    "<a\n>text</a>",
    "\n<a/>\n<!-- end - - -->\n",
    "<!--a--><!----><a/>",
    "<?xml version=\"1.0\"?><a/>",
    "<?xml version='1.0' encoding='utf-8' standalone=\"yes\" ?>\r\n<a/>",
    "<a b='1' c=\"2\" b1 = '3'\td='\"'/>",
    "<a-b.c_1>x</a-b.c_1>",
    "<a>&lt;&gt;&amp;&quot;&apos;&#10;&#xA;&#x10FFFF;&#xe9;</a>",
    "<a b='&lt;&#13;>'>]] > ]] ]> ]</a>",
    "<a><![CDATA[<&]]]]><b/>x<!-- & < --></a>",
    "<a>\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xEF\xBF\xBD\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF</a>",
    "<a xmlns='http://www.w3.org/2005/Atom'><b xmlns=''/></a>",
    "<a>\x7F\t\r\n</a>",
};

const std::vector<std::string_view> kBroken = {
    "",
    " ",
    "<",
    "<a",
    "<a>",
    "<a></b>",
    "<a></ab>",
    "<ab></a>",
    "<a/><b/>",
    "<a/>x",
    "x<a/>",
    "<a/>&amp;",
    " <?xml version='1.0'?><a/>",
    "<?xml?><a/>",
    "<?xml version='1.0' standalone='maybe'?><a/>",
    "<?xml version='1.0'encoding='utf-8'?><a/>",
    "<?xml version='1.0' encoding=''?><a/>",
    "<?xml version='1.0' encoding='-utf'?><a/>",
    "<?xml version='1.0' standalone='yes' encoding='utf-8'?><a/>",
    "<a b/>",
    "<a b=1/>",
    "<a b='1/>",
    "<a b='1'c='2'/>",
    "<a b='1' b='2'/>",
    "<a b='<'/>",
    "<a b='&'/>",
    "<a / >",
    "<1/>",
    "<-a/>",
    "< a/>",
    "<a></ a>",
    "<a>&nbsp;</a>",
    "<a>&#0;</a>",
    "<a>&#xD800;</a>",
    "<a>&#xFFFE;</a>",
    "<a>&#x110000;</a>",
    "<a>&#4294967306;</a>",
    "<a>&#;</a>",
    "<a>&#x;</a>",
    "<a>&#xG;</a>",
    "<a>&#1F;</a>",
    "<a>&amp</a>",
    "<a>& </a>",
    "<a>&",
    "<a>]]></a>",
    "<a>]]]></a>",
    "<a><!-- -- --></a>",
    "<a><!-- ---></a>",
    "<!--><a/>",
    "<a><!-</a>",
    "<a><![CDATA[</a>",
    "<a><![CDATA]]></a>",
    "<a><!></a>",
    "<![CDATA[x]]><a/>",
    "<a>\x01</a>",
    "<a>\xC0\x80</a>",
    "<a>\xC3</a>",
    "<a>\xE9</a>",
    "<a>\x80</a>",
    "<a>\xE0\x80\x80</a>",
    "<a>\xED\xA0\x80</a>",
    "<a>\xEF\xBF\xBE</a>",
    "<a>\xEF\xBF\xBF</a>",
    "<a>\xF0\x80\x80\x80</a>",
    "<a>\xF4\x90\x80\x80</a>",
    "<a>\xF5\x80\x80\x80</a>",
    "<a/>\xE2\x82",
    "<b:a/>",
    "<a b:c='1'/>",
    "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
    "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
    "<a xmlns='&#10;'/>",
};

// Fine for the complete parser; left to it.
const std::vector<std::string_view> kUnusual = {
    "<?target data?><a/>",
    "<!DOCTYPE a><a/>",
    "<x:a xmlns:x='urn:x'/>",
    "<a xml:lang='en'/>",
    "<\xC3\xA9l\xC3\xA9ment/>",
    "<a><?p?></a>",
    "<a xmlns='urn:a&amp;b'/>",
    "<a>&#0000000000000065;</a>",
    "<a b1='' b2='' b3='' b4='' b5='' b6='' b7='' b8='' b9='' c1='' c2='' c3='' c4='' c5='' c6='' c7='' c8=''/>",
};

/// One small random change.
void mutate(std::string& text, std::mt19937& random) {
  static constexpr std::string_view kBytes = "<>/&;'\"=![]-?: \n#xa1CDAT\xC3\xA9\xEF\xBF\x80\x01";
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random()) % limit; };
  const std::size_t at = below(text.size());
  switch (below(4)) {
    case 0:
      text[at] = kBytes[below(kBytes.size())];
      break;
    case 1:
      text.insert(at, 1, kBytes[below(kBytes.size())]);
      break;
    case 2:
      text.erase(at, 1 + below(3));
      break;
    default:
      text.insert(below(text.size()), text.substr(at, 1 + below(12)));
  }
  if (text.empty()) text = "<a/>";
}

}  // namespace

TEST_CASE("plain documents are accepted at once", "[xml_fast_check]") {
  for (const std::string_view text : kPlain) {
    INFO(text);
    CHECK(surely_well_formed(text, kDepth));
    CHECK(expat_accepts(text));
  }
}

TEST_CASE("broken documents are never accepted", "[xml_fast_check]") {
  for (const std::string_view text : kBroken) {
    INFO(text);
    CHECK_FALSE(surely_well_formed(text, kDepth));
    CHECK_FALSE(expat_accepts(text));
  }
}

TEST_CASE("unusual documents are left to the complete parser", "[xml_fast_check]") {
  for (const std::string_view text : kUnusual) {
    INFO(text);
    CHECK_FALSE(surely_well_formed(text, kDepth));
    CHECK(expat_accepts(text));
  }
}

TEST_CASE("a character is judged the same at every place of a block", "[xml_fast_check]") {
  for (std::size_t before = 0; before < 130; ++before) {
    const std::string padding(before, ' ');
    CHECK(surely_well_formed("<a>" + padding + "\xE2\x82\xAC</a>" + padding, kDepth));
    CHECK_FALSE(surely_well_formed("<a>" + padding + "\x1F</a>" + padding, kDepth));
    CHECK_FALSE(surely_well_formed("<a>" + padding + "\xE2\x82</a>" + padding, kDepth));
  }
}

TEST_CASE("depth is bounded", "[xml_fast_check]") {
  CHECK(surely_well_formed(nested(256), 256));
  CHECK_FALSE(surely_well_formed(nested(257), 256));
  CHECK_FALSE(surely_well_formed(nested(300), 1000));
  CHECK(surely_well_formed("<a><b/></a>", 2));
  CHECK_FALSE(surely_well_formed("<a><b/></a>", 1));
}

TEST_CASE("what is accepted at once, the complete parser accepts", "[xml_fast_check]") {
  std::mt19937 random(20261123);
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text(kPlain[random() % kPlain.size()]);
    for (std::size_t changes = 1 + random() % 3; changes > 0; --changes) mutate(text, random);
    if (!surely_well_formed(text, kDepth)) {
      ++refused;
      continue;
    }
    ++accepted;
    INFO(text);
    REQUIRE(expat_accepts(text));
  }
  // Both sides were tried.
  CHECK(accepted > 1000);
  CHECK(refused > 1000);
}
