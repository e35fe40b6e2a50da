// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <utility>

#include "module/core/fastcgi.h"
#include "tests/module/core/codec_events.h"

using namespace zoo::module;
using namespace zoo::module::test;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

// The worker's side, written down byte by byte and apart from the encoder under test.
std::string record(int type, int id, std::string_view content, int padding = 0) {
  std::string bytes = {'\1', static_cast<char>(type)};
  for (const std::size_t number : {static_cast<std::size_t>(id), content.size()}) {
    bytes += static_cast<char>(number >> 8);
    bytes += static_cast<char>(number & 0xFF);
  }
  bytes += static_cast<char>(padding);
  bytes += '\0';
  return bytes.append(content).append(static_cast<std::size_t>(padding), '\xEE');
}

constexpr int kEnd = 3;
constexpr int kStdout = 6;
constexpr int kStderr = 7;

std::string end_record(int id, int app_status = 0, int protocol_status = 0) {
  const std::string content = {'\0',
                               '\0',
                               static_cast<char>(app_status >> 8),
                               static_cast<char>(app_status & 0xFF),
                               static_cast<char>(protocol_status),
                               '\0',
                               '\0',
                               '\0'};
  return record(kEnd, id, content);
}

const std::string kHead = "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n";

Lines decode(const std::string& bytes, unsigned open_ids = 1) {
  return run_fastcgi({open_ids, {}}, {bytes});
}

Lines decode_head(const std::string& head) {
  return decode(record(kStdout, 1, head) + record(kStdout, 1, "") + end_record(1));
}

struct Record {
  int type;
  int id;
  std::string content;
};

// Splits what the encoder wrote, and fails the test if it is not a row of whole records.
std::vector<Record> split_records(std::string_view bytes) {
  std::vector<Record> records;
  while (!bytes.empty()) {
    REQUIRE(bytes.size() >= 8);
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    REQUIRE(at(0) == 1);
    const std::size_t length = static_cast<std::size_t>(at(4) * 256 + at(5));
    REQUIRE(bytes.size() >= 8 + length + at(6));
    records.push_back({at(1), at(2) * 256 + at(3), std::string(bytes.substr(8, length))});
    bytes.remove_prefix(8 + length + at(6));
  }
  return records;
}

std::size_t read_length(std::string_view& bytes) {
  const auto first = static_cast<unsigned char>(bytes.at(0));
  std::size_t length = first;
  const std::size_t size = first < 128 ? 1 : 4;
  if (size == 4) {
    length = first & 0x7FU;
    for (std::size_t i = 1; i < 4; ++i) length = length * 256 + static_cast<unsigned char>(bytes.at(i));
  }
  bytes.remove_prefix(size);
  return length;
}

std::vector<std::pair<std::string, std::string>> split_pairs(std::string_view bytes) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!bytes.empty()) {
    const std::size_t name = read_length(bytes);
    const std::size_t value = read_length(bytes);
    REQUIRE(name + value <= bytes.size());
    pairs.emplace_back(bytes.substr(0, name), bytes.substr(name, value));
    bytes.remove_prefix(name + value);
  }
  return pairs;
}

}  // namespace

TEST_CASE("BEGIN_REQUEST and ABORT_REQUEST are the specification's bytes", "[fastcgi]") {
  std::string out = "kept";
  append_begin_request(out, 0x1234, FastCgiKeepConnection::kYes);
  append_abort_request(out, 7);
  CHECK(out == "kept"s + "\1\1\x12\x34\0\x08\0\0"s + "\0\1\1\0\0\0\0\0"s + "\1\2\0\7\0\0\0\0"s);
  out.clear();
  append_begin_request(out, 1, FastCgiKeepConnection::kNo);
  CHECK(out == "\1\1\0\1\0\x08\0\0"s + "\0\1\0\0\0\0\0\0"s);
}

TEST_CASE("GET_VALUES names its variables with empty values", "[fastcgi]") {
  std::string out;
  const std::vector<std::string_view> names = {"FCGI_MAX_CONNS", "FCGI_MPXS_CONNS"};
  REQUIRE(append_get_values(out, names));
  const auto records = split_records(out);
  REQUIRE(records.size() == 1);
  CHECK(records[0].type == 9);
  CHECK(records[0].id == 0);
  CHECK(records[0].content == "\x0E\0FCGI_MAX_CONNS\x0F\0FCGI_MPXS_CONNS"sv);

  const std::string long_name(65535, 'x');
  out.clear();
  CHECK_FALSE(append_get_values(out, std::vector<std::string_view>{long_name}));
  CHECK(out.empty());
}

TEST_CASE("PARAMS keeps short, long and empty names and values", "[fastcgi]") {
  const std::vector<std::pair<std::string, std::string>> pairs = {{"A", "1"},
                                                                  {"EMPTY", ""},
                                                                  {"", "no name"},
                                                                  {std::string(127, 'n'), std::string(128, 'v')},
                                                                  {std::string(128, 'N'), std::string(127, 'V')},
                                                                  {"LONG", std::string(70000, 'x')},
                                                                  {"NUL", "a\0b"s}};
  std::string out = "kept";
  FastCgiParamsWriter writer(out, 300);
  for (const auto& [name, value] : pairs) writer.add(name, value);
  writer.finish();
  const auto records = split_records(std::string_view(out).substr(4));
  std::string stream;
  for (const Record& part : records) {
    CHECK(part.type == 4);
    CHECK(part.id == 300);
    stream += part.content;
  }
  REQUIRE(records.size() == 3);
  CHECK(records[0].content.size() == 65535);
  CHECK(records[2].content.empty());
  CHECK(split_pairs(stream) == pairs);
}

TEST_CASE("PARAMS that fill a record exactly, or by one byte more", "[fastcgi]") {
  for (const std::size_t extra : {0U, 1U}) {
    std::string out;
    FastCgiParamsWriter writer(out, 1);
    writer.add("A", std::string(65535 - 1 - 1 - 4 + extra, 'x'));
    writer.finish();
    const auto records = split_records(out);
    REQUIRE(records.size() == 2 + extra);
    CHECK(records[0].content.size() == 65535);
    CHECK(records.back().content.empty());
  }
  std::string out;
  FastCgiParamsWriter(out, 1).finish();
  CHECK(out == record(4, 1, ""));
}

TEST_CASE("a body becomes STDIN records without being copied", "[fastcgi]") {
  const std::string body(65535 * 2 + 10, 'b');
  FastCgiStdinRecords records(5, body);
  std::size_t offset = 0;
  std::string gathered;
  while (const auto part = records.next()) {
    CHECK(part->payload.data() == body.data() + offset);
    offset += part->payload.size();
    gathered.append(part->header.data(), part->header.size()).append(part->payload);
  }
  CHECK(offset == body.size());
  std::string copied;
  append_stdin(copied, 5, body);
  CHECK(copied == gathered);
  const auto parts = split_records(copied);
  REQUIRE(parts.size() == 3);
  CHECK(parts[2].content.size() == 10);
  append_stdin(copied, 5, "");
  append_stdin_end(copied, 5);
  CHECK(copied == gathered + "\1\5\0\5\0\0\0\0"s);
}

TEST_CASE("a response in one record", "[fastcgi]") {
  CHECK(decode(record(kStdout, 1, kHead + "Hello", 3) + record(kStdout, 1, "") + end_record(1, 258)) ==
        Lines{"1 head 200 OK|Content-Type=text/plain", "1 body Hello", "1 end 258 0"});
}

TEST_CASE("a body of 65535 bytes with the most padding", "[fastcgi]") {
  const std::string body(65535, 'x');
  CHECK(decode(record(kStdout, 1, kHead, 255) + record(kStdout, 1, body, 255) + end_record(1)) ==
        Lines{"1 head 200 OK|Content-Type=text/plain", "1 body " + body, "1 end 0 0"});
}

TEST_CASE("body data are views into the input", "[fastcgi]") {
  class Pointers : public FastCgiRecorder {
   public:
    void on_body(std::uint16_t, std::string_view data) override { body = data; }
    std::string_view body;
  };
  FastCgiDecoder decoder;
  REQUIRE(decoder.open(1));
  Pointers pointers;
  const std::string input = record(kStdout, 1, kHead + "Hello");
  CHECK(decoder.feed(input, pointers));
  CHECK(pointers.body.data() == input.data() + input.size() - 5);
}

TEST_CASE("requests of a pipeline and of a multiplexing worker keep apart", "[fastcgi]") {
  const std::string one = record(kStdout, 1, kHead + "one");
  const std::string two = record(kStdout, 2, "Status: 404\n\ntwo") + record(kStderr, 2, "why");
  const std::string head_one = "1 head 200 OK|Content-Type=text/plain";
  CHECK(decode(one + end_record(1) + two + end_record(2), 2) ==
        Lines{head_one, "1 body one", "1 end 0 0", "2 head 404", "2 body two", "2 stderr why", "2 end 0 0"});
  CHECK(decode(record(kStdout, 1, kHead.substr(0, 10)) + two + end_record(2) +
                   record(kStdout, 1, kHead.substr(10) + "one") + end_record(1),
               2) ==
        Lines{"2 head 404", "2 body two", "2 stderr why", "2 end 0 0", head_one, "1 body one", "1 end 0 0"});
}

TEST_CASE("ids are opened once, closed by END_REQUEST, and opened again", "[fastcgi]") {
  FastCgiDecoder decoder;
  FastCgiRecorder recorder;
  CHECK_FALSE(decoder.open(0));
  REQUIRE(decoder.open(9));
  CHECK_FALSE(decoder.open(9));
  REQUIRE(decoder.open(65535));
  CHECK(decoder.open_requests() == 2);
  CHECK(decoder.feed(record(kStdout, 9, kHead) + end_record(9), recorder));
  CHECK(decoder.open_requests() == 1);
  REQUIRE(decoder.open(9));
  CHECK_FALSE(decoder.feed(record(kStdout, 8, ""), recorder));
  CHECK(decoder.failed());
  decoder.reset();
  CHECK(decoder.open_requests() == 0);
  CHECK(decoder.end_of_input(recorder));
}

TEST_CASE("a callback may open the next request", "[fastcgi]") {
  class Opener : public FastCgiRecorder {
   public:
    explicit Opener(FastCgiDecoder& decoder) : decoder_(decoder) {}
    void on_body(std::uint16_t id, std::string_view data) override {
      FastCgiRecorder::on_body(id, data);
      opened = decoder_.open(static_cast<std::uint16_t>(id + 1)) && opened;
    }
    bool opened = true;

   private:
    FastCgiDecoder& decoder_;
  };
  FastCgiDecoder decoder;
  Opener opener(decoder);
  REQUIRE(decoder.open(1));
  std::string input;
  for (int id = 1; id <= 40; ++id) input += record(kStdout, id, kHead + "x");
  for (int id = 1; id <= 40; ++id) input += record(kStdout, id, "");
  CHECK(decoder.feed(input, opener));
  CHECK(opener.opened);
  CHECK(decoder.open_requests() == 41);
}

TEST_CASE("CGI heads", "[fastcgi]") {
  CHECK(decode_head("X: 1\nSet-Cookie: a\nx:2\nSet-Cookie: b\n\n")[0] ==
        "1 head 200|X=1|Set-Cookie=a|x=2|Set-Cookie=b");
  CHECK(decode_head("status: 404\r\nA:\r\n\r\n")[0] == "1 head 404|A=");
  CHECK(decode_head("A:  b c \t\r\n\r\n")[0] == "1 head 200|A=b c");
  CHECK(decode_head("Status: 500 Not so good\n\n")[0] == "1 head 500 Not so good");
  CHECK(decode_head("Content-Length: 3\nA: b\ncontent-length: 3\n\n")[0] == "1 head 200 length=3|Content-Length=3|A=b");
  CHECK(decode_head("Location: /next?x=1\n\n")[0] == "1 head 302 local=/next?x=1|Location=/next?x=1");
  CHECK(decode_head("Location: //host/x\n\n")[0] == "1 head 302 client=//host/x|Location=//host/x");
  CHECK(decode_head("Location: https://a/\n\n")[0] == "1 head 302 client=https://a/|Location=https://a/");
  CHECK(decode_head("Location: /x\nStatus: 303 See Other\n\n")[0] == "1 head 303 See Other client=/x|Location=/x");
}

TEST_CASE("CGI heads that are refused end the request, not the connection", "[fastcgi]") {
  const auto [head, fault] = GENERATE(table<std::string, CodecFault>({
      {"A: b\n c\n\n", CodecFault::kFoldedLine},
      {"\tA: b\n\n", CodecFault::kFoldedLine},
      {"A : b\n\n", CodecFault::kBadFieldName},
      {": b\n\n", CodecFault::kBadFieldName},
      {"HTTP/1.1 200 OK\n\n", CodecFault::kBadFieldName},
      {"A\xC3\xA4: b\n\n", CodecFault::kBadFieldName},
      {"A: b\rSet-Cookie: x\n\n", CodecFault::kBadFieldValue},
      {"A: b\r\r\n\r\n", CodecFault::kBadFieldValue},
      {std::string("A: b\0\n\n", 7), CodecFault::kBadFieldValue},
      {"Status: abc\n\n", CodecFault::kBadStatus},
      {"Status: 2000\n\n", CodecFault::kBadStatus},
      {"Status: 200OK\n\n", CodecFault::kBadStatus},
      {"Status: 100 Continue\n\n", CodecFault::kBadStatus},
      {"Status: 200\nStatus: 200\n\n", CodecFault::kDuplicateField},
      {"Location: /a\nLocation: /a\n\n", CodecFault::kDuplicateField},
      {"Content-Length: x\n\n", CodecFault::kBadContentLength},
      {"Content-Length: 1\nContent-Length: 2\n\n", CodecFault::kConflictingLength},
      {"\nbody", CodecFault::kEmptyHead},
      {"A: b\n", CodecFault::kTruncated},
      {"", CodecFault::kTruncated},
  }));
  const std::string first = head.empty() ? "" : record(kStdout, 1, head);
  const Lines lines = decode(first + record(kStderr, 1, "why") + record(kStdout, 1, "") + end_record(1) +
                                 record(kStdout, 2, kHead) + end_record(2),
                             2);
  INFO(head);
  const std::string error = "1 " + error_line(fault, "");
  REQUIRE(lines.size() == 5);
  CHECK((lines[0].starts_with(error) || (fault == CodecFault::kTruncated && lines[1].starts_with(error))));
  CHECK(lines[2] == "1 end 0 0");
  CHECK(lines[3].starts_with("2 head 200"));
  CHECK(lines[4] == "2 end 0 0");
}

TEST_CASE("the rest of a refused response is discarded", "[fastcgi]") {
  const Lines lines = decode(record(kStdout, 1, "bad\n\nbody") + record(kStdout, 1, kHead + "x") + end_record(1));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("1 error"));
  CHECK(lines[1] == "1 end 0 0");
}

TEST_CASE("limits of the CGI head", "[fastcgi]") {
  const std::string four = record(kStdout, 1, "A: 1\nB: 2\nC: 3\nD: 4\n\n") + end_record(1);
  CHECK(run_fastcgi({1, {1000, 4}}, {four})[0] == "1 head 200|A=1|B=2|C=3|D=4");
  CHECK(run_fastcgi({1, {1000, 3}}, {four})[0] ==
        "1 " + error_line(CodecFault::kTooManyFields, "more than 3 header fields"));
  CHECK(run_fastcgi({1, {21, 4}}, {four})[0].starts_with("1 head"));
  CHECK(run_fastcgi({1, {20, 4}}, {four})[0] ==
        "1 " + error_line(CodecFault::kHeadTooLarge, "the response header is larger than 20 bytes"));
}

TEST_CASE("END_REQUEST without output", "[fastcgi]") {
  CHECK(decode(end_record(1, 0, 1)) == Lines{"1 end 0 1"});
  CHECK(decode(end_record(1, 0, 2)) == Lines{"1 end 0 2"});
  CHECK(decode(record(kStdout, 1, "") + end_record(1, 0, 3)) == Lines{"1 end 0 3"});
  const Lines lines = decode(record(kStderr, 1, "boom") + end_record(1, 1));
  CHECK(lines ==
        Lines{"1 stderr boom",
              "1 " + error_line(CodecFault::kTruncated, "the request ended before the end of the response header"),
              "1 end 1 0"});
}

TEST_CASE("management records", "[fastcgi]") {
  CHECK(decode(record(10, 0, "\x0E\2FCGI_MAX_CONNS16\1\0A"sv, 1) + record(11, 0, "\x63\0\0\0\0\0\0\0"sv) +
                   record(10, 0, ""),
               1) ==
        Lines{"value FCGI_MAX_CONNS=16", "value A=", "values end", "unknown type 99", "values end",
              error_line(CodecFault::kTruncated, "FastCGI: the connection ended before the end of 1 request(s)")});
}

TEST_CASE("connection errors", "[fastcgi]") {
  const std::string sound = record(kStdout, 1, kHead);
  const auto [bytes, text] = GENERATE_REF(table<std::string, std::string>({
      {"\2\6\0\1\0\0\0\0"s, "version 2 instead of 1"},
      {"Traceback", "does the worker print to its connection?"},
      {record(kStdout, 2, "x"), "STDOUT record for request 2, which is not open"},
      {record(kStdout, 0, "x"), "STDOUT record for request 0, which is not open"},
      {end_record(1) + record(kStdout, 1, "x"), "STDOUT record for request 1, which is not open"},
      {end_record(1) + end_record(1), "END_REQUEST record for request 1, which is not open"},
      {record(kStdout, 1, "") + record(kStdout, 1, "x"), "data after the end of that stream"},
      {record(kStderr, 1, "") + record(kStderr, 1, "x"), "data after the end of that stream"},
      {record(5, 1, ""), "record type 5 (STDIN) from a worker"},
      {record(12, 1, ""), "record type 12"},
      {record(0, 0, ""), "record type 0"},
      {record(kEnd, 1, "1234567"), "with 7 bytes instead of 8"},
      {record(kEnd, 1, ""), "with 0 bytes instead of 8"},
      {record(11, 0, "123456789"), "with 9 bytes instead of 8"},
      {end_record(1, 0, 4), "with protocol status 4"},
      {record(10, 1, ""), "its id must be 0"},
      {record(10, 0, "\5\0A"sv), "runs over the end"},
      {record(10, 0, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"sv), "runs over the end"},
      {record(10, 0, "\x80"sv), "runs over the end"},
      {record(10, 0, "\1"sv), "runs over the end"},
      {"\1"s, "ended inside a record"},
      {record(kStdout, 1, "abc", 4).substr(0, 12), "ended inside a record"},
      {record(kStderr, 1, "abc"), "before the end of 1 request(s)"},
  }));
  const Lines lines = decode(sound + bytes);
  CHECK(lines.back().starts_with("error "));
  CHECK_THAT(lines.back(), Catch::Contains(text));
}

TEST_CASE("an empty record after the end of a stream is tolerated", "[fastcgi]") {
  CHECK(decode(record(kStdout, 1, kHead) + record(kStdout, 1, "") + record(kStdout, 1, "", 3) + record(kStderr, 1, "") +
               record(kStderr, 1, "") + end_record(1)) == Lines{"1 head 200 OK|Content-Type=text/plain", "1 end 0 0"});
}

TEST_CASE("any cut of the input gives the same events", "[fastcgi]") {
  const std::string input = record(kStderr, 2, "early", 1) + record(kStdout, 1, kHead.substr(0, 21), 7) +
                            record(10, 0, "\1\1A1\1\1B2"sv, 2) + record(kStdout, 2, "A: b\n c\n\nx") +
                            record(kStdout, 1, kHead.substr(21) + "body") + record(kStdout, 1, " more", 3) +
                            record(11, 0, "\x63\0\0\0\0\0\0\0"sv, 5) + record(kStdout, 1, "") + end_record(1, 1) +
                            record(kStderr, 2, "late") + end_record(2) + record(kStdout, 1, "x");
  const FastCgiRun run{2, {}};
  const Lines whole = run_fastcgi(run, {input});
  REQUIRE(whole.size() == 12);
  for (std::size_t at = 0; at <= input.size(); ++at) {
    INFO("cut at " << at);
    REQUIRE(run_fastcgi(run, cut(input, {at})) == whole);
  }
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    INFO("seed " << seed);
    REQUIRE(run_fastcgi(run, cut_randomly(input, seed)) == whole);
  }
  CHECK(run_fastcgi(run, cut_into_bytes(input)) == whole);
}
