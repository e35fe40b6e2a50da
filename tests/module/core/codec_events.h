// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/fastcgi.h"
#include "module/core/http1_client.h"

/// Records the codecs' events as text, and feeds inputs cut in different ways. Used by the unit tests and the fuzzers.
namespace zoo::module::test {

/// Bytes cut at ascending offsets: `cut("abcd", {1, 3})` is "a", "bc", "d".
std::vector<std::string> cut(std::string_view bytes, const std::vector<std::size_t>& offsets);

/// Pieces of random lengths, small ones preferred; the same seed gives the same pieces.
std::vector<std::string> cut_randomly(std::string_view bytes, std::uint64_t seed);

std::vector<std::string> cut_into_bytes(std::string_view bytes);

/// A list of events in which neighbouring pieces of one stream's data are one event.
class EventList {
 public:
  void add(std::string event);
  void add_data(const std::string& stream, std::string_view data);
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
  std::string open_stream_;
};

std::string describe(std::span<const HeaderField> fields);
/// "error <number of the fault> <text>".
std::string error_line(CodecFault fault, std::string_view text);

/// Events of a FastCGI decoder, e.g. "1 head 200 OK|Content-Type=text/html", "1 body abc", "1 end 0 0". An event that
/// must not come at that place is recorded as "BROKEN ...".
class FastCgiRecorder : public FastCgiEvents {
 public:
  void on_head(std::uint16_t id, const CgiResponseHead& head) override;
  void on_body(std::uint16_t id, std::string_view data) override;
  void on_stderr(std::uint16_t id, std::string_view data) override;
  void on_request_error(std::uint16_t id, const CodecError& error) override;
  void on_end(std::uint16_t id, const FastCgiEnd& end) override;
  void on_value(std::string_view name, std::string_view value) override;
  void on_values_end() override;
  void on_unknown_type(std::uint8_t type) override;
  void on_connection_error(const CodecError& error) override;

  EventList events;

 private:
  void expect(bool condition, const std::string& what);

  std::map<std::uint16_t, std::string> states_;  // "" (open), "head", "error", "end"
  bool failed_ = false;
};

/// The same for HTTP, e.g. "head 1.1 200 OK|A=b", "body abc", "complete reusable".
class Http1Recorder : public Http1Events {
 public:
  void on_interim(const Http1ResponseHead& head) override;
  void on_head(const Http1ResponseHead& head) override;
  void on_body(std::string_view data) override;
  void on_trailers(std::span<const HeaderField> fields) override;
  void on_tunnel(std::string_view data) override;
  void on_complete(bool reusable) override;
  void on_error(const CodecError& error) override;

  EventList events;

 private:
  void expect(bool condition, const std::string& what);

  bool in_body_ = false;
  bool failed_ = false;
};

using Lines = std::vector<std::string>;

struct FastCgiRun {
  unsigned open_ids = 1;  ///< Requests 1 to this are open.
  HeaderLimits limits;
};

/// Decodes the pieces and then the end of input.
Lines run_fastcgi(const FastCgiRun& run, const std::vector<std::string>& pieces);

struct Http1Run {
  std::vector<Http1Expectation> requests = {Http1Expectation{}};  ///< Each begins when the one before is complete.
  Http1Limits limits;
};

Lines run_http1(const Http1Run& run, const std::vector<std::string>& pieces);

/// Inputs of the fuzzers and of tests/fixtures/codecs: the first byte chooses the run, the rest is the worker's output.
/// Returns the events of the input in one piece, or a line "BROKEN ..." if other cuts give other events.
Lines check_fastcgi_input(std::string_view input);
Lines check_http1_input(std::string_view input);

}  // namespace zoo::module::test
