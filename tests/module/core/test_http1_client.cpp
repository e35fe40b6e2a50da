// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "module/core/forwarded_headers.h"
#include "module/core/http1_client.h"
#include "tests/module/core/codec_events.h"

using namespace zoo::module;
using namespace zoo::module::test;
using namespace std::string_literals;

namespace {

std::string encode(const Http1Request& request) {
  std::string out;
  const MaybeError error = append_http1_request(out, request);
  return error ? error_line(error->fault, error->text) : out;
}

Lines decode(const std::string& bytes, Http1Expectation expectation = {}) {
  return run_http1({{expectation}, {}}, {bytes});
}

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kChunked = kOk + "Transfer-Encoding: chunked\r\n\r\n";
const std::string kChunkedHead = "head 1.1 200 OK|Transfer-Encoding=chunked";

}  // namespace

TEST_CASE("a request's head", "[http1_client]") {
  Http1Request request;
  request.method = "GET";
  request.target = "/a?b=%20";
  request.host = "example.org:81";
  CHECK(encode(request) == "GET /a?b=%20 HTTP/1.1\r\nHost: example.org:81\r\nConnection: keep-alive\r\n\r\n");
  request.method = "POST";
  request.body = Http1Body::kLength;
  request.content_length = 5000000000;
  request.keep_alive = false;
  CHECK(encode(request) ==
        "POST /a?b=%20 HTTP/1.1\r\nHost: example.org:81\r\nContent-Length: 5000000000\r\nConnection: close\r\n\r\n");
  request.body = Http1Body::kChunked;
  request.keep_alive = true;
  CHECK(
      encode(request) ==
      "POST /a?b=%20 HTTP/1.1\r\nHost: example.org:81\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("the client's connection fields are not passed on", "[http1_client]") {
  const std::vector<HeaderField> fields = {
      {"Host", "evil"},           {"Accept", "*/*"},  {"Content-Length", "9"},      {"Transfer-Encoding", "chunked"},
      {"Connection", "X-Secret"}, {"X-Secret", "1"},  {"Expect", "100-continue"},   {"Proxy", "http://evil"},
      {"Upgrade", "h2c"},         {"Cookie", "a; b"}, {"Proxy-Authorization", "x"}, {"TE", "trailers"}};
  Http1Request request;
  request.method = "GET";
  request.target = "/";
  request.host = "good";
  request.fields = fields;
  CHECK(encode(request) ==
        "GET / HTTP/1.1\r\nHost: good\r\nAccept: */*\r\nCookie: a; b\r\nConnection: keep-alive\r\n\r\n");
  request.upgrade = "websocket";
  CHECK(encode(request) ==
        "GET / HTTP/1.1\r\nHost: good\r\nAccept: */*\r\nCookie: a; b\r\nConnection: Upgrade\r\nUpgrade: "
        "websocket\r\n\r\n");
}

TEST_CASE("requests that would not be sound are refused", "[http1_client]") {
  Http1Request request;
  request.method = "GET";
  request.target = "/";
  REQUIRE(encode(request).starts_with("GET /"));
  SECTION("method") {
    request.method = GENERATE("", "GE T", "GET\r\n");
  }
  SECTION("target") {
    request.target = GENERATE("", "/a b", "/\r\nX: y", "/\t", "/\x7f");
  }
  SECTION("host") {
    request.host = "a\r\nX: y";
  }
  SECTION("upgrade") {
    request.upgrade = "a\r\nX: y";
  }
  SECTION("fields") {
    const HeaderField field = GENERATE(HeaderField{"A", "b\r\nX: y"}, HeaderField{"A", {"\0", 1}},
                                       HeaderField{"A:", "b"}, HeaderField{"", "b"});
    const std::vector<HeaderField> fields = {field};
    request.fields = fields;
    CHECK_THAT(encode(request), Catch::StartsWith(error_line(CodecFault::kBadRequest, "HTTP: a request header")) ||
                                    Catch::StartsWith(error_line(CodecFault::kBadRequest, "HTTP: the request header")));
    return;
  }
  CHECK_THAT(encode(request), Catch::StartsWith(error_line(CodecFault::kBadRequest, "HTTP: ")));
}

TEST_CASE("chunks", "[http1_client]") {
  CHECK(Http1ChunkPrefix(1).view() == "1\r\n");
  CHECK(Http1ChunkPrefix(0xABCDEF).view() == "abcdef\r\n");
  CHECK(Http1ChunkPrefix(~std::size_t{0}).view().size() == sizeof(std::size_t) * 2 + 2);
  std::string out;
  append_http1_chunk(out, "0123456789abcdef");
  append_http1_chunk(out, "");
  out += kHttp1LastChunk;
  CHECK(out == "10\r\n0123456789abcdef\r\n0\r\n\r\n");
  CHECK(decode(kChunked + out) == Lines{kChunkedHead, "body 0123456789abcdef", "complete reusable"});
}

TEST_CASE("bodies end by their length, their chunks or their connection", "[http1_client]") {
  CHECK(decode(kOk + "Content-Length: 5\r\n\r\nhello") ==
        Lines{"head 1.1 200 OK length=5|Content-Length=5", "body hello", "complete reusable"});
  CHECK(decode(kOk + "Content-Length: 0\r\n\r\n") ==
        Lines{"head 1.1 200 OK length=0|Content-Length=0", "complete reusable"});
  CHECK(decode(kChunked + "5\r\nhello\r\n00A;x=y;z=\"\\\" \"\r\n0123456789\r\n000\r\n\r\n") ==
        Lines{kChunkedHead, "body hello0123456789", "complete reusable"});
  CHECK(decode(kChunked + "1 ; x\r\na\r\n0\r\n\r\n") == Lines{kChunkedHead, "body a", "complete reusable"});
  CHECK(decode(kOk + "\r\nhello") == Lines{"head 1.1 200 OK", "body hello", "complete"});
  CHECK(decode(kOk + "\r\n") == Lines{"head 1.1 200 OK", "complete"});
}

TEST_CASE("trailers come without framing fields", "[http1_client]") {
  CHECK(decode(kChunked + "0\r\nX-Sum: 1\r\nContent-Length: 9\r\nHost: x\r\nConnection: close\r\n\r\n") ==
        Lines{kChunkedHead, "trailers|X-Sum=1", "complete reusable"});
  CHECK(decode(kChunked + "0\r\nHost: x\r\n\r\n") == Lines{kChunkedHead, "complete reusable"});
}

TEST_CASE("responses without a body", "[http1_client]") {
  const Http1Expectation head{.head_request = true};
  CHECK(decode(kOk + "Content-Length: 5\r\n\r\n", head).back() == "complete reusable");
  CHECK(decode(kChunked, head).back() == "complete reusable");
  CHECK(decode(kOk + "\r\n", head).back() == "complete reusable");
  CHECK(decode("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n") ==
        Lines{"head 1.1 304 Not Modified length=5|Content-Length=5", "complete reusable"});
  CHECK(decode("HTTP/1.1 204 No Content\r\n\r\n") == Lines{"head 1.1 204 No Content", "complete reusable"});
  CHECK(decode("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n").back() == "complete reusable");
  CHECK(decode("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n").back() == "complete");
  CHECK(decode("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n").back() == "complete");
}

TEST_CASE("the decision to reuse the connection", "[http1_client]") {
  const std::string body = "Content-Length: 1\r\n\r\nx";
  CHECK(decode("HTTP/1.0 200 OK\r\n" + body).back() == "complete");
  CHECK(decode("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + body).back() == "complete reusable");
  CHECK(decode("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nx").back() == "complete");
  CHECK(decode(kOk + "Connection: a, CLOSE\r\n" + body).back() == "complete");
  CHECK(decode(kOk + "Connection: keep-alive\r\nConnection: close\r\n" + body).back() == "complete");
  CHECK(decode("HTTP/1.7 200 OK\r\n" + body).back() == "complete reusable");
}

TEST_CASE("interim responses", "[http1_client]") {
  CHECK(decode("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + kOk +
               "Content-Length: 1\r\n\r\nx") == Lines{"interim 1.1 100 Continue", "interim 1.1 103 Early Hints|Link=a",
                                                      "head 1.1 200 OK length=1|Content-Length=1", "body x",
                                                      "complete reusable"});
  std::string many;
  for (int i = 0; i < 17; ++i) many += "HTTP/1.1 100\r\n\r\n";
  const Lines lines = decode(many);
  REQUIRE(lines.size() == 17);
  CHECK(lines.back() == error_line(CodecFault::kTooManyInterims, "HTTP: more than 16 1xx responses"));
}

TEST_CASE("an upgrade hands over everything behind the head", "[http1_client]") {
  const std::string response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi"s;
  CHECK(decode(response, {.upgrade_offered = true}) ==
        Lines{"head 1.1 101 Switching Protocols|Upgrade=websocket", "tunnel \x81\x02hi", "complete"});
  CHECK(decode(response).back() ==
        error_line(CodecFault::kUnexpectedUpgrade, "HTTP: 101 although no upgrade was offered"));
  CHECK(decode(kOk + "Content-Length: 1\r\n\r\nx", {.upgrade_offered = true}).back() == "complete reusable");
}

TEST_CASE("feed stops behind a response", "[http1_client]") {
  Http1ResponseDecoder decoder;
  Http1Recorder recorder;
  CHECK(decoder.idle());
  decoder.begin({});
  const std::string response = kOk + "Content-Length: 1\r\n\r\nx";
  CHECK(decoder.feed(response + "y", recorder) == response.size());
  CHECK(decoder.idle());
  CHECK(decoder.feed("", recorder) == 0);
  CHECK_FALSE(decoder.failed());
  CHECK(decoder.feed("y", recorder) == 1);
  CHECK(decoder.failed());
  CHECK(recorder.events.lines().back() ==
        error_line(CodecFault::kUnexpectedData, "HTTP: bytes from the worker while no request is outstanding"));
}

TEST_CASE("an idle connection may be closed", "[http1_client]") {
  Http1ResponseDecoder decoder;
  Http1Recorder recorder;
  decoder.end_of_input(recorder);
  CHECK(recorder.events.lines().empty());
}

TEST_CASE("responses that are refused", "[http1_client]") {
  const auto [bytes, fault] = GENERATE(table<std::string, CodecFault>({
      {"<html>", CodecFault::kBadVersion},
      {"\r\n", CodecFault::kBadVersion},
      {"HTTP/2 200\r\n\r\n", CodecFault::kBadVersion},
      {"HTTP/1.1 20\r\n\r\n", CodecFault::kBadStatus},
      {"HTTP/1.1 099 x\r\n\r\n", CodecFault::kBadStatus},
      {"HTTP/1.1 2000\r\n\r\n", CodecFault::kBadStatus},
      {"HTTP/1.1  200\r\n\r\n", CodecFault::kBadStatus},
      {"HTTP/1.x 200 OK\r\n\r\n", CodecFault::kBadStatus},
      {"HTTP/1.1 200 \x01\r\n\r\n", CodecFault::kBadStatus},
      {"HTTP/1.1 200 OK\n\r\n", CodecFault::kBadLineEnding},
      {kOk + "A: b\n\r\n", CodecFault::kBadLineEnding},
      {kOk + "A: b\r\n\n", CodecFault::kBadLineEnding},
      {kOk + "A: b\rc\r\n\r\n", CodecFault::kBadFieldValue},
      {kOk + "A: \0\r\n\r\n"s, CodecFault::kBadFieldValue},
      {kOk + "A: b\r\n c\r\n\r\n", CodecFault::kFoldedLine},
      {kOk + "A : b\r\n\r\n", CodecFault::kBadFieldName},
      {kOk + "A\r\n\r\n", CodecFault::kBadFieldName},
      {kOk + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", CodecFault::kConflictingLength},
      {kOk + "Content-Length: 5\r\nContent-Length: 05\r\nContent-Length: 6\r\n\r\n", CodecFault::kConflictingLength},
      {kOk + "Content-Length: 5, 5\r\n\r\n", CodecFault::kBadContentLength},
      {kOk + "Content-Length: \r\n\r\n", CodecFault::kBadContentLength},
      {kOk + "Content-Length: 9223372036854775808\r\n\r\n", CodecFault::kBadContentLength},
      {kOk + "Transfer-Encoding: gzip, chunked\r\n\r\n", CodecFault::kBadTransferEncoding},
      {kOk + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", CodecFault::kBadTransferEncoding},
      {kOk + "Transfer-Encoding: \x0b"
             "chunked\r\n\r\n",
       CodecFault::kBadFieldValue},
      {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", CodecFault::kBadTransferEncoding},
      {"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n", CodecFault::kConflictingLength},
      {kChunked + "\r\n", CodecFault::kBadChunk},
      {kChunked + "g\r\n", CodecFault::kBadChunk},
      {kChunked + "-1\r\n", CodecFault::kBadChunk},
      {kChunked + "0x1\r\n", CodecFault::kBadChunk},
      {kChunked + "1000000000000000\r\n", CodecFault::kBadChunk},
      {kChunked + "5\nhello", CodecFault::kBadChunk},
      {kChunked + "5 \r\nhello", CodecFault::kBadChunk},
      {kChunked + "5\rX", CodecFault::kBadChunk},
      {kChunked + "1;a\nx", CodecFault::kBadChunk},
      {kChunked + "1;" + std::string(257, 'e'), CodecFault::kBadChunk},
      {kChunked + "1" + std::string(257, ' '), CodecFault::kBadChunk},
      {kChunked + "1\r\naX", CodecFault::kBadChunk},
      {kChunked + "1\r\na\n", CodecFault::kBadChunk},
      {kChunked + "0\r\nA : b\r\n\r\n", CodecFault::kBadFieldName},
      {kChunked + "0\r\n\n", CodecFault::kBadLineEnding},
      {kChunked + "0\r\nA: " + std::string(9000, 'x'), CodecFault::kHeadTooLarge},
      {kOk + "A: " + std::string(70000, 'x'), CodecFault::kHeadTooLarge},
      {"", CodecFault::kClosedBeforeResponse},
      {"H", CodecFault::kTruncated},
      {"HTTP/1.1 100\r\n\r\n", CodecFault::kTruncated},
      {kOk + "Content-Length: 2\r\n\r\nx", CodecFault::kTruncated},
      {kChunked + "0\r\n", CodecFault::kTruncated},
      {kOk + "Content-Length: 1\r\n\r\nxy", CodecFault::kUnexpectedData},
  }));
  const Lines lines = decode(bytes);
  INFO(bytes.substr(0, 200));
  CHECK_THAT(lines.back(), Catch::StartsWith(error_line(fault, "")));
}

TEST_CASE("no more than the limit of fields", "[http1_client]") {
  std::string fields;
  for (int i = 0; i < 200; ++i) fields += "A: b\r\n";
  CHECK(decode(kOk + fields + "\r\n").back() == "complete");
  CHECK(decode(kOk + fields + "A: b\r\n\r\n").back() ==
        error_line(CodecFault::kTooManyFields, "more than 200 header fields"));
}

TEST_CASE("any cut of the responses gives the same events", "[http1_client]") {
  const std::string input = "HTTP/1.1 100 Continue\r\n\r\n" + kOk + "Content-Length: 5\r\nA: b\r\n\r\nhello" +
                            kChunked +
                            "3 ;x\r\nabc\r\n1\r\nd\r\n0\r\nX-Sum: 1\r\n\r\nHTTP/1.0 404 Not Found\r\n\r\nbye\r\n";
  const Http1Run run{{3, Http1Expectation{}}, {}};
  const Lines whole = run_http1(run, {input});
  REQUIRE(whole.size() == 11);
  CHECK(whole.back() == "complete");
  for (std::size_t at = 0; at <= input.size(); ++at) {
    INFO("cut at " << at);
    REQUIRE(run_http1(run, cut(input, {at})) == whole);
  }
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    INFO("seed " << seed);
    REQUIRE(run_http1(run, cut_randomly(input, seed)) == whole);
  }
  CHECK(run_http1(run, cut_into_bytes(input)) == whole);
}

TEST_CASE("forwarded headers replace what the client claims", "[forwarded_headers]") {
  std::vector<HeaderField> fields = {{"Accept", "*/*"},
                                     {"X-Forwarded-For", "10.0.0.1"},
                                     {"x-forwarded-for", "10.0.0.2"},
                                     {"X-Forwarded-Proto", "gopher"},
                                     {"X_Forwarded_Host", "evil"},
                                     {"X-Forwarded-Port", "1"},
                                     {"X-Zoo-REMOTE-USER", "root"},
                                     {"x_zoo_logon_user", "root"}};
  ForwardedRequest request;
  request.remote_address = "2001:db8::1";
  request.host = "example.org";
  request.server_name = "web1";
  request.server_port = 443;
  request.https = true;
  request.application_physical_path = "C:\\sites\\a";
  request.application_virtual_path = "/a";
  ForwardedHeaders forwarded;
  SECTION("nobody is logged on") {
    forwarded.apply(request, fields);
    CHECK(describe(fields) ==
          "|Accept=*/*|X-Forwarded-For=10.0.0.1, 10.0.0.2, "
          "2001:db8::1|X-Forwarded-Proto=https|X-Forwarded-Host=example.org"
          "|X-Forwarded-Port=443|X-Zoo-Forwarded-For=10.0.0.1, 10.0.0.2, 2001:db8::1|X-Zoo-Forwarded-Protocol=https"
          "|X-Zoo-Forwarded-Host=example.org|X-Zoo-Forwarded-Port=443|X-Zoo-Forwarded-Server=web1"
          "|X-Zoo-Real-IP=2001:db8::1|X-Zoo-Appl-Physical-Path=C:\\sites\\a|X-Zoo-Appl-Virtual-Path=/a");
  }
  SECTION("a user is logged on") {
    request.auth_type = "Negotiate";
    request.auth_user = request.logon_user = request.remote_user = "DOM\\joe";
    request.https = false;
    forwarded.apply(request, fields);
    CHECK_THAT(describe(fields), Catch::EndsWith("|X-Zoo-AUTH-TYPE=Negotiate|X-Zoo-AUTH-USER=DOM\\joe"
                                                 "|X-Zoo-LOGON-USER=DOM\\joe|X-Zoo-REMOTE-USER=DOM\\joe"));
    CHECK_THAT(describe(fields), Catch::Contains("|X-Forwarded-Proto=http|"));
  }
}
