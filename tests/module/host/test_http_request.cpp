// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "module/host/http_request.h"

using namespace zoo::module;

namespace {

int status_of(const std::string& head) {
  HttpRequest request;
  request.head = head;
  return parse_request_head(request);
}

std::string normalized(std::string_view raw) {
  std::string path;
  return normalize_path(raw, path) ? path : "refused";
}

}  // namespace

TEST_CASE("a request's head is understood", "[http_request]") {
  HttpRequest request;
  request.head =
      "POST /a%20b/../c?x=1 HTTP/1.1\r\nHost: host:81\r\nContent-Length: 5\r\nConnection: close\r\n"
      "Expect: 100-continue\r\n\r\n";
  REQUIRE(parse_request_head(request) == 0);
  CHECK(request.method == "POST");
  CHECK(request.target == "/a%20b/../c?x=1");
  CHECK(request.raw_path == "/a%20b/../c");
  CHECK(request.path == "/c");
  CHECK(request.query == "x=1");
  CHECK(request.host == "host:81");
  CHECK(request.content_length == 5);
  CHECK_FALSE(request.keep_alive);
  CHECK(request.expect_continue);
  request.clear();
  request.head = "GET http://other/x HTTP/1.0\r\n\r\n";
  REQUIRE(parse_request_head(request) == 0);
  CHECK(request.target == "/x");
  CHECK(request.host == "other");
  CHECK_FALSE(request.keep_alive);
  CHECK_FALSE(request.content_length);
}

TEST_CASE("what two readers could understand differently is refused", "[http_request]") {
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost : a\r\n\r\n") == 400);
  CHECK(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n") == 400);
  CHECK(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n") == 400);
  CHECK(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n") == 400);
  CHECK(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(status_of("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n") == 501);
  CHECK(status_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n") != 0);
  CHECK(status_of("GET relative HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
}

TEST_CASE("paths are decoded once and cannot leave the root", "[http_request]") {
  CHECK(normalized("/") == "/");
  CHECK(normalized("/a/./b/../c/") == "/a/c/");
  CHECK(normalized("/a/..") == "/");
  CHECK(normalized("/a/b/..") == "/a/");
  CHECK(normalized("/a%2Fb%5cc") == "/a/b/c");
  CHECK(normalized("/a%252e") == "/a%2e");
  CHECK(normalized("/%2e%2e/x") == "refused");
  CHECK(normalized("/a/../../x") == "refused");
  CHECK(normalized("/a\\..\\..\\x") == "refused");
  CHECK(normalized("/%00") == "refused");
  CHECK(normalized("/%4") == "refused");
}

TEST_CASE("chunks mean the same however they arrive", "[http_request]") {
  const std::string body = "3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
  for (std::size_t step = 1; step <= body.size(); ++step) {
    ChunkedReader reader;
    std::string out;
    auto state = ChunkedReader::State::kMore;
    for (std::size_t at = 0; at < body.size(); at += step) {
      std::string piece = body.substr(at, step);
      if (at + step >= body.size()) piece += "NEXT";
      std::string_view input = piece;
      REQUIRE(state == ChunkedReader::State::kMore);
      state = reader.read(input, out);
      if (at + step >= body.size()) CHECK(input == "NEXT");
    }
    INFO("pieces of " << step);
    CHECK(state == ChunkedReader::State::kDone);
    CHECK(out == "abc0123456789");
  }
}

TEST_CASE("bad chunks are told", "[http_request]") {
  ChunkedReader reader;
  std::string out;
  std::string_view input = "zz\r\n";
  CHECK(reader.read(input, out) == ChunkedReader::State::kBad);
}
