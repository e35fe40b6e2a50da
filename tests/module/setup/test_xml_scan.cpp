// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "module/setup/file_text.h"
#include "module/setup/xml_scan.h"

using namespace zoo::setup;
using namespace std::string_literals;

namespace {

std::string problem_of(const std::string& text) {
  const SetupResult<XmlScan> scan = scan_xml(text, "a.config");
  return scan ? "none" : scan.error().message;
}

}  // namespace

TEST_CASE("elements and their places", "[xml_scan]") {
  const std::string text =
      "<?xml version=\"1.0\"?>\n<!-- <x> -->\n<a b='1 &amp; &#x32;' c = \"&lt;\">t<d/><e></e ></a>\n";
  const SetupResult<XmlScan> scan = scan_xml(text, "a");
  REQUIRE(scan);
  REQUIRE(scan->elements.size() == 3);
  CHECK(scan->attribute(0, "b") == "1 & 2");
  CHECK(scan->attribute(0, "c") == "<");
  CHECK_FALSE(scan->attribute(0, "d").has_value());
  CHECK(scan->children(0) == std::vector<ElementId>{1, 2});
  CHECK(text.substr(scan->at(1).begin, scan->at(1).end - scan->at(1).begin) == "<d/>");
  CHECK(text.substr(scan->at(2).close_begin) == "</e ></a>\n");
  CHECK(scan->child(0, "e") == 2);
  CHECK(scan->child(0, "f") == kNoElement);
}

TEST_CASE("what is not XML is refused with its place", "[xml_scan]") {
  CHECK(problem_of("") == "a.config:1:1: there is no element");
  CHECK(problem_of("<a>\n  <b>\n</a>") == "a.config:3:1: </a> closes nothing that is open here");
  CHECK(problem_of("<a>") == "a.config:1:4: <a> is not closed");
  CHECK(problem_of("<a/><b/>").ends_with("there is a second root element"));
  CHECK(problem_of("<a/>text").ends_with("there is text outside of the root element"));
  CHECK(problem_of("<!DOCTYPE a [<!ENTITY x \"y\">]><a/>").ends_with("a DOCTYPE is not part of a configuration file"));
  CHECK(problem_of("<a b=1/>").ends_with("the value must be quoted"));
  CHECK(problem_of("<a b='1' b='2'/>").ends_with("the attribute \"b\" is given twice"));
  CHECK(problem_of("<a b='1'c='2'/>").ends_with("a blank is missing before this attribute, or the tag does not end"));
  CHECK(problem_of("<a b='<'/>").ends_with("\"<\" cannot be part of a value"));
  CHECK(problem_of("<a b='&x;'/>").ends_with("this value has a bad reference"));
  CHECK(problem_of("<a>&#0;</a>").ends_with("this text has a bad reference"));
  CHECK(problem_of("<a>&#xD800;</a>").ends_with("this text has a bad reference"));
  CHECK(problem_of("<a><!-- -- --></a>").ends_with("\"--\" cannot be part of a comment"));
  CHECK(problem_of("<a><!-- </a>").ends_with("the comment does not end"));
  CHECK(problem_of("<a><![CDATA[ </a>").ends_with("\"]]>\" is missing"));
  CHECK(problem_of(std::string("<a>\x01</a>")).ends_with("control characters cannot be part of XML"));
  CHECK(problem_of(std::string("<a>\0</a>", 8)).ends_with("control characters cannot be part of XML"));
  CHECK(problem_of("<a").ends_with("or the tag does not end"));
  CHECK(problem_of("<a b").ends_with("\"=\" was expected"));
  CHECK(problem_of("<?xml version=\"1.0ding=\"UTF-8\"?><a/>").find("expected") != std::string::npos);
  CHECK(problem_of(" <?xml version='1.0'?><a/>").ends_with("the XML declaration stands at the beginning only"));
  CHECK(problem_of("<?xml version='1.0' encoding='windows-1252'?><a/>").ends_with("must be UTF-8 or UTF-16"));
  CHECK(problem_of("<?xml version='1.0' encoding='Utf-8' ?><?php x?><a/>") == "none");
  CHECK(problem_of("< a/>").ends_with("\"<\" must begin a tag here"));
}

TEST_CASE("hostile nesting and attributes end early", "[xml_scan]") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  CHECK(problem_of(deep).ends_with("elements are nested too deeply"));
  std::string wide = "<a";
  for (int i = 0; i < 100'000; ++i) wide += " a" + std::to_string(i) + "=''";
  CHECK(problem_of(wide + "/>").ends_with("there are too many attributes"));
}

TEST_CASE("every beginning of a document is refused or whole", "[xml_scan]") {
  const std::string text = "<?xml version='1.0'?><a b='&amp;'><!-- c --><d><![CDATA[x]]></d>&#65;</a>";
  for (std::size_t length = 0; length < text.size(); ++length) {
    INFO(text.substr(0, length));
    CHECK_FALSE(scan_xml(std::string_view(text).substr(0, length), "a").has_value());
  }
  CHECK(scan_xml(text, "a").has_value());
}

TEST_CASE("encodings are kept byte by byte", "[file_text]") {
  const std::string text = "<a b=\"M\xC3\xBCller \xF0\x9F\x98\x80 \xE2\x82\xAC\"/>\r\n";
  for (const FileEncoding encoding :
       {FileEncoding::kUtf8, FileEncoding::kUtf8Bom, FileEncoding::kUtf16Le, FileEncoding::kUtf16Be}) {
    const std::string bytes = to_bytes({encoding, text});
    const SetupResult<FileText> file = decode_file(bytes, "a");
    REQUIRE(file);
    CHECK(file->encoding == encoding);
    CHECK(file->text == text);
    CHECK(to_bytes(*file) == bytes);
  }
  CHECK(to_bytes({FileEncoding::kUtf16Le, "\xF0\x9F\x98\x80"}) == "\xFF\xFE\x3D\xD8\x00\xDE"s);
}

TEST_CASE("bytes that are not of their encoding are refused", "[file_text]") {
  for (const std::string& bytes :
       {"\xFF\xFE<"s, "\xFF\xFE\x00\xD8"s, "\xFF\xFE\x00\xDC\x00\x00"s, "\xFE\xFF\xD8\x00\x00\x41"s, "\xC0\xAF"s,
        "\xED\xA0\x80"s, "\xF4\x90\x80\x80"s, "\xE2\x82"s, "M\xFCller"s, "\x80"s}) {
    CHECK_FALSE(decode_file(bytes, "a").has_value());
  }
}
