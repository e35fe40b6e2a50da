// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/cgi_response.h"
#include "module/core/codec_error.h"
#include "module/core/header_block.h"
#include "module/core/header_field.h"

/// The web server's side of FastCGI 1.0, responder role: bytes to events and back, no I/O (docs/formats/fastcgi.md).
/// Nothing here is thread-safe; one connection is used from one strand.
namespace zoo::module {

inline constexpr std::size_t kFastCgiHeaderSize = 8;
inline constexpr std::size_t kFastCgiMaxContent = 65535;

// ---- Encoder. All functions append to a buffer that the caller owns. Request ids are 1 to 65535. ----

enum class FastCgiKeepConnection : std::uint8_t { kNo = 0, kYes = 1 };

void append_begin_request(std::string& out, std::uint16_t id, FastCgiKeepConnection keep);
void append_abort_request(std::string& out, std::uint16_t id);

/// Asks for the worker's limits, e.g. FCGI_MAX_CONNS, FCGI_MAX_REQS, FCGI_MPXS_CONNS (section 4.1).
/// Appends nothing and returns false if the names do not fit in one record.
[[nodiscard]] bool append_get_values(std::string& out, std::span<const std::string_view> names);

/// Writes the PARAMS stream of one request; begins a new record whenever one is full. Nothing else may be appended to
/// `out` between the first add() and finish().
class FastCgiParamsWriter {
 public:
  FastCgiParamsWriter(std::string& out, std::uint16_t id) : out_(out), id_(id) {}

  /// Name and value may be empty and hold any bytes; at most 2^31 - 1 each (section 3.4).
  void add(std::string_view name, std::string_view value);
  /// Ends the last record and, with an empty one, the stream. Call it exactly once.
  void finish();

 private:
  void append(std::string_view bytes);
  void open_record();
  void close_record();

  std::string& out_;
  std::uint16_t id_;
  std::size_t record_ = std::string::npos;  // offset of the open record's header
};

/// Splits a piece of a request body into STDIN records for gathered writes; the payload is not copied.
class FastCgiStdinRecords {
 public:
  struct Record {
    std::array<char, kFastCgiHeaderSize> header;
    std::string_view payload;  ///< A view into the body.
  };

  FastCgiStdinRecords(std::uint16_t id, std::string_view body) : id_(id), body_(body) {}

  /// The next record, or nothing when all of the body is out. Never yields an empty record, which would end the stream.
  std::optional<Record> next();

 private:
  std::uint16_t id_;
  std::string_view body_;
};

/// The same, copied into `out`. An empty `body` appends nothing.
void append_stdin(std::string& out, std::uint16_t id, std::string_view body);
void append_stdin_end(std::string& out, std::uint16_t id);

// ---- Decoder ----

/// Section 5.5.
enum class FastCgiProtocolStatus : std::uint8_t {
  kComplete = 0,
  kCannotMultiplex = 1,
  kOverloaded = 2,
  kUnknownRole = 3
};

struct FastCgiEnd {
  std::uint32_t app_status = 0;  ///< For a CGI program its exit code; 0 is success.
  FastCgiProtocolStatus protocol_status = FastCgiProtocolStatus::kComplete;
};

/// Receives what the decoder finds. All views end with the call. A callback may open() further requests, but must not
/// feed, reset or destroy the decoder.
class FastCgiEvents {
 public:
  FastCgiEvents() = default;
  FastCgiEvents(const FastCgiEvents&) = delete;
  FastCgiEvents& operator=(const FastCgiEvents&) = delete;
  virtual ~FastCgiEvents() = default;

  virtual void on_head(std::uint16_t id, const CgiResponseHead& head) = 0;
  virtual void on_body(std::uint16_t id, std::string_view data) = 0;
  virtual void on_stderr(std::uint16_t id, std::string_view data) = 0;
  /// The response in sound records is not a CGI response. The rest of its STDOUT is discarded; on_end still comes.
  virtual void on_request_error(std::uint16_t id, const CodecError& error) = 0;
  /// The last event of a request; the id is free again.
  virtual void on_end(std::uint16_t id, const FastCgiEnd& end) = 0;

  /// One pair of GET_VALUES_RESULT (section 4.1).
  virtual void on_value(std::string_view name, std::string_view value) = 0;
  virtual void on_values_end() = 0;
  /// The worker did not know a record type that we sent (section 4.2).
  virtual void on_unknown_type(std::uint8_t type) = 0;

  /// The connection is of no use any more; no event follows.
  virtual void on_connection_error(const CodecError& error) = 0;
};

/// Decodes what a worker sends on one connection. The events do not depend on how the input is cut, but for the cuts
/// inside body and stderr data. Allocates when a header block straddles inputs and when more requests are open than
/// ever before, not for each record.
class FastCgiDecoder {
 public:
  explicit FastCgiDecoder(HeaderLimits limits = {}) : limits_(limits) {}

  /// Expects the records of a request from now on. False if the id is 0 or open already.
  [[nodiscard]] bool open(std::uint16_t id);
  std::size_t open_requests() const noexcept { return open_requests_; }

  /// Takes all of `input`. False after a connection error, then and ever after.
  bool feed(std::string_view input, FastCgiEvents& events);

  /// The worker has closed the connection: an error if a request is open or a record is incomplete. False if so.
  bool end_of_input(FastCgiEvents& events);

  bool failed() const noexcept { return stage_ == Stage::kFailed; }

  /// Makes the decoder ready for a new connection.
  void reset() noexcept;

 private:
  enum class Stage { kHeader, kContent, kPadding, kFailed };
  enum class Output { kHead, kBody, kDiscarded };

  struct Request {
    std::uint16_t id = 0;  // 0: free
    Output output = Output::kHead;
    bool output_ended = false;
    bool errors_ended = false;
    HeaderBlock block;
  };

  Request* find(std::uint16_t id) noexcept;
  bool read_header(std::string_view& input, FastCgiEvents& events);
  bool begin_record(const char* header, FastCgiEvents& events);
  MaybeError check_record() const;
  MaybeError check_stream() const;
  MaybeError check_fixed_length() const;
  void read_content(std::string_view& input, FastCgiEvents& events);
  void read_stream(std::string_view data, FastCgiEvents& events);
  void read_output(std::string_view data, FastCgiEvents& events);
  void read_head(std::string_view& data, FastCgiEvents& events);
  void leave_content() noexcept;
  void collect_content(std::string_view data, FastCgiEvents& events);
  void end_content(std::string_view content, FastCgiEvents& events);
  void end_request(Request& request, std::string_view content, FastCgiEvents& events);
  void read_values(std::string_view content, FastCgiEvents& events);
  void fail_request(Request& request, const CodecError& error, FastCgiEvents& events);
  bool fail(const CodecError& error, FastCgiEvents& events);

  HeaderLimits limits_;
  Stage stage_ = Stage::kHeader;
  std::array<char, kFastCgiHeaderSize> header_{};
  std::size_t header_size_ = 0;
  std::uint8_t version_ = 0;
  std::uint8_t type_ = 0;
  std::uint16_t id_ = 0;
  std::size_t content_left_ = 0;
  std::size_t padding_left_ = 0;
  Request* request_ = nullptr;    // of the current record; null for management records
  std::string content_;           // of a record that is read whole, while it is incomplete
  std::deque<Request> requests_;  // a deque: callbacks may add requests while views into one are out
  std::size_t open_requests_ = 0;
  std::vector<HeaderField> fields_;
};

}  // namespace zoo::module
