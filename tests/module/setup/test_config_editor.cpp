// SPDX-License-Identifier: Apache-2.0
#include "module/setup/config_editor.h"

#include <catch2/catch.hpp>

using namespace zoo::setup;

namespace {

ConfigEditor open(const std::string& text) {
  SetupResult<ConfigEditor> editor = ConfigEditor::open(text, "a");
  REQUIRE(editor);
  return std::move(*editor);
}

const NewElement kItem{"add", {{"name", "x\"<&"}}, {}, false};
const NewElement kNested{"list", {}, {kItem, {"box", {}, {kItem}, true}}, false};

}  // namespace

TEST_CASE("new elements look like their neighbours", "[config_editor]") {
  ConfigEditor editor = open("<a>\r\n\t<b>\r\n\t\t<c/>\r\n\t</b>\r\n</a>");
  REQUIRE(editor.append(1, kNested));
  CHECK(editor.text() ==
        "<a>\r\n\t<b>\r\n\t\t<c/>\r\n\t\t<list>\r\n\t\t\t<add name=\"x&quot;&lt;&amp;\" "
        "/>\r\n\t\t\t<box>\r\n\t\t\t\t<add "
        "name=\"x&quot;&lt;&amp;\" />\r\n\t\t\t</box   >\r\n\t\t</list>\r\n\t</b>\r\n</a>");
  CHECK(editor.scan().attribute(4, "name") == "x\"<&");
}

TEST_CASE("what is put in goes without a trace", "[config_editor]") {
  for (const std::string& text :
       {std::string("<a/>"), std::string("<a />"), std::string("<a></a>"), std::string("<a> </a>"),
        std::string("<a>\n</a>"), std::string("<a>\r\n\r\n</a>"), std::string("<a><b/></a>"),
        std::string("<a> <b/> </a>"), std::string("<a>\n  <b/>\n</a>\n"), std::string("<a>\n  <b/></a>"),
        std::string("<a>\n  <b/><!-- c -->\n\n</a>"), std::string("<a><!-- c --></a>"), std::string("<a\n/>"),
        std::string("<a>\n<b/>\n<!-- d -->\n</a>"), std::string("<a x='1' >text</a>")}) {
    INFO(text);
    for (const bool first : {false, true}) {
      for (const NewElement& element : {kItem, kNested}) {
        ConfigEditor editor = open(text);
        REQUIRE((first ? editor.insert_first(0, element) : editor.append(0, element)));
        REQUIRE(editor.text() != text);
        REQUIRE(editor.remove(editor.scan().child(0, element.name)));
        CHECK(editor.text() == text);
      }
    }
  }
}

TEST_CASE("a container that came with its content goes with it", "[config_editor]") {
  const std::string text = "<a>\n  <b />\n</a>";
  ConfigEditor editor = open(text);
  REQUIRE(editor.append(1, {"c", {}, {{"d", {}, {kItem, kItem}, true}}, true}));
  ElementId item = editor.scan().at(editor.scan().child(2, "d")).first_child;
  REQUIRE(editor.remove(item));
  CHECK(editor.text().find("<d>") != std::string::npos);
  item = editor.scan().at(editor.scan().child(2, "d")).first_child;
  REQUIRE(editor.remove(item));
  CHECK(editor.text() == text);
}

TEST_CASE("a container keeps what others have put in", "[config_editor]") {
  ConfigEditor editor = open("<a>\n</a>");
  REQUIRE(editor.append(0, {"c", {}, {kItem}, true}));
  REQUIRE(editor.append(1, {"theirs", {}, {}, false}));
  REQUIRE(editor.remove(2));
  CHECK(editor.text() == "<a>\n    <c>\n        <theirs />\n    </c   >\n</a>");
}

TEST_CASE("removal leaves what stands on the same line", "[config_editor]") {
  ConfigEditor editor = open("<a>\n  <b/><c/>\n  <d/> <!-- of d -->\n</a>");
  REQUIRE(editor.remove(1));
  CHECK(editor.text() == "<a>\n  <c/>\n  <d/> <!-- of d -->\n</a>");
  REQUIRE(editor.remove(2));
  CHECK(editor.text() == "<a>\n  <c/>\n   <!-- of d -->\n</a>");
}

TEST_CASE("an element is replaced in its place", "[config_editor]") {
  ConfigEditor editor = open("<a>\n  <b>\n    <c/>\n  </b><d/>\n</a>");
  REQUIRE(editor.replace(1, {"e", {}, {kItem}, false}));
  CHECK(editor.text() == "<a>\n  <e>\n    <add name=\"x&quot;&lt;&amp;\" />\n  </e><d/>\n</a>");
}
