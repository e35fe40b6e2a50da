// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/http_fields.h"

#include <catch2/catch.hpp>

using namespace zoo;

TEST_CASE("Content-Range is read strictly", "[http_fields]") {
  const auto range = parse_content_range("bytes 5-9/10");
  REQUIRE(range);
  CHECK(range->first == 5);
  CHECK(range->last == 9);
  CHECK(range->total == 10U);
  CHECK_FALSE(parse_content_range("Bytes 0-0/*")->total);
  for (const char* bad :
       {"", "bytes", "bytes */10", "bytes 9-5/10", "bytes 5-10/10", "bytes 5-9", "bytes -9/10", "bytes 5-/10",
        "bytes 5-9/x", "bytes +5-9/10", "pages 5-9/10", "bytes 5/9-10", "bytes 5-99999999999999999999/*"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_content_range(bad));
  }
}

TEST_CASE("The head of an answer is read line by line", "[http_fields]") {
  HttpAnswer answer;
  answer.add_line("HTTP/1.1 100 Continue\r\n");
  answer.add_line("ETag: \"early\"\r\n");
  answer.add_line("HTTP/1.1 206 Partial Content\r\n");
  answer.add_line("CONTENT-LENGTH:  12 \r\n");
  answer.add_line("Content-Type: Text/HTML; charset=x\r\n");
  answer.add_line("Transfer-Encoding: gzip, Chunked\r\n");
  answer.add_line("Last-Modified: Wed, 01 Jan 2025 00:00:00 GMT\r\n");
  answer.add_line("no field\r\n");
  CHECK(answer.status == 206);
  CHECK(answer.http1);
  CHECK(answer.content_length == 12U);
  CHECK(answer.content_type == "text/html");
  CHECK(answer.chunked);
  CHECK(answer.validator == Validator{"", "Wed, 01 Jan 2025 00:00:00 GMT"});
  answer.add_line("HTTP/2 200");
  CHECK(answer.status == 200);
  CHECK_FALSE(answer.http1);
  CHECK_FALSE(answer.content_length);
  answer.add_line("Content-Length: -5");
  CHECK_FALSE(answer.content_length);
}

TEST_CASE("Only a quoted ETag without W/ is strong", "[http_fields]") {
  CHECK(Validator{"\"x\"", ""}.strong_etag());
  CHECK(Validator{"\"\"", ""}.strong_etag());
  for (const char* weak : {"", "\"", "W/\"x\"", "x", "\"x"}) CHECK_FALSE(Validator{weak, ""}.strong_etag());
}

TEST_CASE("URLs are shown without user name and password", "[http_fields]") {
  CHECK(shown_url("https://joe:secret@host.example:8080/a?b=c@d") == "https://host.example:8080/a?b=c@d");
  CHECK(shown_url("https://a@b@host.example/") == "https://host.example/");
  CHECK(shown_url("https://host.example/joe@x") == "https://host.example/joe@x");
  CHECK(shown_url("https://joe@host.example") == "https://host.example");
  CHECK(shown_url("https://h/\x1b[31m \n") == "https://h/%1B[31m%20%0A");
  CHECK(shown_url("no url") == "no%20url");
}

TEST_CASE("Scheme and file name of a URL", "[http_fields]") {
  CHECK(url_scheme("HTTPS://x") == "https");
  CHECK(url_scheme("x") == "");
  CHECK(url_scheme(":x") == "");
  CHECK(url_scheme("a b:x") == "");
  CHECK(url_file_name("https://h/a/setup.exe?x=/y#z") == "setup.exe");
  CHECK(url_file_name("https://h") == "");
  CHECK(url_file_name("https://h/a/") == "");
}
