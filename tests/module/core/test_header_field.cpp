// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "module/core/header_block.h"
#include "module/core/header_field.h"
#include "tests/module/core/codec_events.h"

using namespace zoo::module;
using zoo::module::test::describe;

TEST_CASE("names compare without regard to case", "[header_field]") {
  CHECK(equals_ignoring_case("Content-Type", "content-TYPE"));
  CHECK_FALSE(equals_ignoring_case("Content-Type", "Content-Typ"));
  CHECK_FALSE(equals_ignoring_case("[", "{"));  // differ by 0x20 but are no letters
  CHECK_FALSE(equals_ignoring_case("\xC4", "\xE4"));
}

TEST_CASE("tokens and values", "[header_field]") {
  CHECK(is_token("X-Header_1!"));
  for (const std::string_view bad : {"", "a b", "a:", "a\t", "a\x80", "(a)", "a\x7f"}) CHECK_FALSE(is_token(bad));
  CHECK(is_field_value(""));
  CHECK(is_field_value("a b\tc \xC3\xA4"));
  for (const char c : {'\0', '\r', '\n', '\x1b', '\x7f'}) CHECK_FALSE(is_field_value(std::string(1, c)));
}

TEST_CASE("lengths are decimal numbers of 63 bits", "[header_field]") {
  CHECK(parse_length("0") == 0U);
  CHECK(parse_length("9223372036854775807") == 9223372036854775807U);
  for (const std::string_view bad :
       {"", "+1", "-1", " 1", "1 ", "0x1", "1,1", "9223372036854775808", "99999999999999999999"}) {
    CHECK_FALSE(parse_length(bad));
  }
}

TEST_CASE("list elements", "[header_field]") {
  const std::vector<HeaderField> fields = {{"Connection", " , keep-alive,"}, {"connection", "X-A ,close"}};
  CHECK(has_list_token(fields, "Connection", "Close"));
  CHECK(has_list_token(fields, "Connection", "keep-alive"));
  CHECK_FALSE(has_list_token(fields, "Connection", "keep"));
  CHECK_FALSE(has_list_token(fields, "Connection", ""));
}

TEST_CASE("hop-by-hop fields are removed with those that Connection names", "[header_field]") {
  const std::vector<HeaderField> all = {{"Server", "x"},  {"Connection", "close, X-Hop"}, {"Keep-Alive", "5"},
                                        {"x-hop", "1"},   {"Proxy-Authenticate", "b"},    {"TE", "trailers"},
                                        {"Trailer", "X"}, {"Transfer-Encoding", "c"},     {"Upgrade", "websocket"},
                                        {"Tee", "stays"}};
  std::vector<HeaderField> fields = all;
  remove_hop_by_hop(fields);
  CHECK(describe(fields) == "|Server=x|Tee=stays");
  fields = all;
  remove_hop_by_hop(fields, UpgradeField::kKeep);
  CHECK(describe(fields) == "|Server=x|Upgrade=websocket|Tee=stays");
}

TEST_CASE("a header block is found however it is cut, and not copied in one piece", "[header_block]") {
  const std::string text = "A: 1\r\nB: 2\n\r\nbody";
  for (std::size_t at = 0; at <= text.size(); ++at) {
    HeaderBlock block;
    std::string found;
    std::string rest;
    for (const std::string& piece : test::cut(text, {at})) {
      std::string_view input = piece;
      if (found.empty() && block.collect(input, 100) == HeaderBlock::State::kComplete) found = block.text();
      rest += input;
    }
    CHECK(found == "A: 1\r\nB: 2\n\r\n");
    CHECK(rest == "body");
  }
  HeaderBlock block;
  std::string_view input = text;
  REQUIRE(block.collect(input, 100) == HeaderBlock::State::kComplete);
  CHECK(block.text().data() == text.data());
}

TEST_CASE("the size limit of a header block includes its empty line", "[header_block]") {
  for (const std::size_t limit : {7U, 6U}) {
    HeaderBlock block;
    std::string_view input = "A: 12\n\nrest";
    const auto expected = limit == 7 ? HeaderBlock::State::kComplete : HeaderBlock::State::kTooLarge;
    CHECK(block.collect(input, limit) == expected);
  }
}
