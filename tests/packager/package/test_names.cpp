// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "packager/package/names.h"

using namespace zoo::package;

TEST_CASE("names that Windows and Web Deploy take", "[names]") {
  for (const char* name : {"a", "a/b.txt", "a/", "a b/c", "\u00e4\u00f6/\u65e5\u672c.txt", ".gitignore", "console.txt",
                           "com0", "com10", "lpt", "aux1", "a/..b", "a/b..c", "\U0001F600.txt"}) {
    INFO(name);
    CHECK_FALSE(judge_name(name));
  }
}

TEST_CASE("names that are refused, each for its reason", "[names]") {
  const struct {
    const char* name;
    NameProblem problem;
  } cases[] = {{"", NameProblem::kLost},
               {"/", NameProblem::kLost},
               {"/etc/passwd", NameProblem::kLost},
               {"./a", NameProblem::kLost},
               {"a/./b", NameProblem::kLost},
               {"a//b", NameProblem::kLost},
               {"a//", NameProblem::kLost},
               {"..", NameProblem::kOutside},
               {"a/../../b", NameProblem::kOutside},
               {"a\\..\\b", NameProblem::kOutside},
               {"a\\b", NameProblem::kBackslash},
               {"a/CON", NameProblem::kWindows},
               {"nul.txt", NameProblem::kWindows},
               {"a/Com1 .log", NameProblem::kWindows},
               {"lpt\u00b9", NameProblem::kWindows},
               {"a./b", NameProblem::kWindows},
               {"a ", NameProblem::kWindows},
               {"C:/x", NameProblem::kWindows},
               {"a?b", NameProblem::kWindows},
               {"a\x01"
                "b",
                NameProblem::kWindows},
               {"\xff\xfe", NameProblem::kNotUtf8},
               {"a/\xc0\xaf", NameProblem::kNotUtf8},
               {"\xed\xa0\x80", NameProblem::kNotUtf8}};
  for (const auto& c : cases) {
    INFO(c.name);
    CHECK(judge_name(c.name).problem == c.problem);
    CHECK_FALSE(judge_name(c.name).reason.empty());
  }
  CHECK(judge_name(std::string(256, 'x')).problem == NameProblem::kWindows);
  CHECK_FALSE(judge_name(std::string(255, 'x')));
}

TEST_CASE("names are folded as NTFS folds them", "[names]") {
  CHECK(folded_name("App/Web.config") == folded_name("app/WEB.CONFIG"));
  CHECK(folded_name("\u00e4\u0436\u03c3") == folded_name("\u00c4\u0416\u03a3"));
  CHECK(folded_name("a/") == folded_name("a"));
  CHECK(folded_name("stra\u00dfe") != folded_name("strasse"));
}

TEST_CASE("clashes of names", "[names]") {
  NameSet names;
  CHECK_FALSE(names.add("app/a.txt"));
  CHECK_FALSE(names.add("app/"));
  CHECK_FALSE(names.add("app/b.txt"));
  REQUIRE(names.add("app/A.TXT"));
  REQUIRE(names.add("app/a.txt"));
  const auto folders = names.add("APP/c.txt");
  REQUIRE(folders);
  CHECK(folders->folders);
  const auto under_file = names.add("app/b.txt/x");
  REQUIRE(under_file);
  CHECK_FALSE(under_file->folders);
}

TEST_CASE("bytes that are no UTF-8 become U+FFFD", "[names]") {
  CHECK(to_utf8("a\xff"
                "b") ==
        "a\uFFFD"
        "b");
  CHECK(to_utf8("\u00e4") == "\u00e4");
  CHECK(parent_of("a/b/c/") == "a/b");
  CHECK(parent_of("a").empty());
}
