// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/diff_text.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace {

using zoo::catalog::ChangeAction;
using zoo::catalog::ChangeSeverity;
using zoo::catalog::FeedDiff;

FeedDiff sample() {
  FeedDiff diff;
  diff.changes = {
      {ChangeAction::kChanged, ChangeSeverity::kBreaking, "", "feed id", "urn:a", "urn:b"},
      {ChangeAction::kAdded, ChangeSeverity::kUpdate, "Perl", "product", "", "Perl 5.40"},
      {ChangeAction::kChanged, ChangeSeverity::kUpdate, "App", "version", "1.0", "1.1"},
      {ChangeAction::kChanged, ChangeSeverity::kCosmetic, "App", "summary", std::string(70, 'a'), std::string(70, 'b')},
      {ChangeAction::kRemoved, ChangeSeverity::kBreaking, "App", "installer 2", "x86", ""},
      {ChangeAction::kRemoved, ChangeSeverity::kBreaking, "Ruby", "product", "Ruby\x1b[2J 3.4", ""}};
  return diff;
}

}  // namespace

TEST_CASE("differences in words", "[diff_text]") {
  CHECK(zoo::feed::diff_text(sample()) ==
        "!~ feed id: urn:a -> urn:b\n"
        " + Perl: Perl 5.40\n"
        " ~ App\n"
        "     ~ version: 1.0 -> 1.1\n"
        "     ~ summary:\n"
        "      before aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
        "      after  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
        "!    - installer 2: x86\n"
        "!- Ruby: Ruby?[2J 3.4\n"
        "\n"
        "3 breaking (!), 2 updates, 1 cosmetic\n");
  CHECK(zoo::feed::diff_text({}) == "No differences.\n");
}

TEST_CASE("differences as JSON", "[diff_text]") {
  const auto json = nlohmann::json::parse(zoo::feed::diff_json(sample()));
  CHECK(json["schema"] == 1);
  CHECK(json["different"] == true);
  CHECK(json["counts"]["breaking"] == 3);
  REQUIRE(json["changes"].size() == 6);
  CHECK_FALSE(json["changes"][0].contains("product"));
  CHECK(json["changes"][1]["action"] == "added");
  CHECK_FALSE(json["changes"][1].contains("before"));
  CHECK(json["changes"][2]["before"] == "1.0");
  CHECK_FALSE(json["changes"][5].contains("after"));
  const auto none = nlohmann::json::parse(zoo::feed::diff_json({}));
  CHECK(none["different"] == false);
  CHECK(none["changes"].empty());
}
