// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/codec_error.h"
#include "module/core/header_block.h"
#include "module/core/header_field.h"

/// The client's side of HTTP/1.1 towards workers: bytes to events and back, no I/O (docs/formats/http1-client.md).
/// Nothing here is thread-safe; one connection is used from one strand.
namespace zoo::module {

// ---- Encoder ----

enum class Http1Body { kNone, kLength, kChunked };

struct Http1Request {
  std::string_view method;
  std::string_view target;              ///< As the client sent it: path and query, or "*".
  std::string_view host;                ///< Written as Host; may be empty.
  std::span<const HeaderField> fields;  ///< Those of the connection and the ones below are left out by the encoder.
  Http1Body body = Http1Body::kNone;
  std::uint64_t content_length = 0;  ///< With kLength.
  bool keep_alive = true;
  std::string_view upgrade;  ///< Not empty: the protocols offered, e.g. "websocket".
};

/// Appends request line and fields. Appends nothing and returns what is wrong if the request would not be a sound
/// message (method, target, or a field with a character that is not allowed).
[[nodiscard]] MaybeError append_http1_request(std::string& out, const Http1Request& request);

/// The line before a chunk's data, e.g. "1a\r\n". After the data comes kHttp1ChunkEnd. For gathered writes.
class Http1ChunkPrefix {
 public:
  /// `size` must not be 0, which would end the body.
  explicit Http1ChunkPrefix(std::size_t size) noexcept;
  std::string_view view() const noexcept { return {bytes_.data() + begin_, bytes_.size() - begin_}; }

 private:
  std::array<char, 18> bytes_{};
  std::size_t begin_ = 0;
};

inline constexpr std::string_view kHttp1ChunkEnd = "\r\n";
inline constexpr std::string_view kHttp1LastChunk = "0\r\n\r\n";

/// One chunk, copied. Empty `data` appends nothing.
void append_http1_chunk(std::string& out, std::string_view data);

// ---- Decoder ----

struct Http1Limits {
  HeaderLimits head;
  HeaderLimits trailers{8192, 64};
  std::size_t max_chunk_extension = 256;  ///< Bytes in one chunk-size line.
  unsigned max_interims = 16;             ///< 1xx responses before the final one.
};

/// Views are valid during the callback that hands it over.
struct Http1ResponseHead {
  unsigned minor_version = 1;
  unsigned status = 0;
  std::string_view reason;
  std::optional<std::uint64_t> content_length;  ///< Also where there is no body (HEAD, 304).
  std::span<const HeaderField> fields;          ///< In order; hop-by-hop fields are not filtered.
};

/// Receives what the decoder finds. Views end with the call. A callback must not feed, begin or destroy the decoder.
class Http1Events {
 public:
  Http1Events() = default;
  Http1Events(const Http1Events&) = delete;
  Http1Events& operator=(const Http1Events&) = delete;
  virtual ~Http1Events() = default;

  /// A 1xx response other than 101; the final one follows.
  virtual void on_interim(const Http1ResponseHead& head) = 0;
  virtual void on_head(const Http1ResponseHead& head) = 0;
  virtual void on_body(std::string_view data) = 0;
  /// After the body, when there are any. Framing, routing and connection fields are left out.
  virtual void on_trailers(std::span<const HeaderField> fields) = 0;
  /// After the head of a 101: bytes of the other protocol.
  virtual void on_tunnel(std::string_view data) = 0;
  /// The response is complete. `reusable`: another request may be sent on the connection.
  virtual void on_complete(bool reusable) = 0;
  /// The connection is of no use any more; no event follows.
  virtual void on_error(const CodecError& error) = 0;
};

/// What the request was, as far as the response's form depends on it.
struct Http1Expectation {
  bool head_request = false;
  bool upgrade_offered = false;
};

/// Decodes the responses of one connection, one request at a time. The events do not depend on how the input is cut,
/// but for the cuts inside body and tunnel data.
class Http1ResponseDecoder {
 public:
  explicit Http1ResponseDecoder(Http1Limits limits = {}) : limits_(limits) {}

  /// A request is about to be sent; the decoder must be idle.
  void begin(Http1Expectation expectation);

  /// Takes bytes off the front of `input` and returns how many. It stops behind a complete response; all is taken
  /// otherwise. Bytes while no request is outstanding are an error, and so may be those left over.
  std::size_t feed(std::string_view input, Http1Events& events);

  /// The worker has closed its side. Completes a body (or tunnel) that lasts until then; an error inside a response;
  /// nothing when idle.
  void end_of_input(Http1Events& events);

  bool idle() const noexcept { return stage_ == Stage::kIdle; }
  bool failed() const noexcept { return stage_ == Stage::kFailed; }
  bool in_tunnel() const noexcept { return stage_ == Stage::kTunnel; }

 private:
  enum class Stage {
    kIdle,
    kHead,
    kLengthBody,
    kCloseBody,
    kChunkSize,
    kChunkBlank,
    kChunkExtension,
    kChunkSizeEnd,
    kChunkData,
    kChunkDataCr,
    kChunkDataLf,
    kTrailers,
    kTunnel,
    kFailed,
  };

  void step(std::string_view& input, Http1Events& events);
  void read_head(std::string_view& input, Http1Events& events);
  bool check_prefix(std::string_view input) noexcept;
  MaybeError parse_head(std::string_view text, Http1ResponseHead& head);
  MaybeError check_framing(const Http1ResponseHead& head) const;
  void accept_head(const Http1ResponseHead& head, Http1Events& events);
  void accept_interim(const Http1ResponseHead& head, Http1Events& events);
  void start_body(const Http1ResponseHead& head, Http1Events& events);
  bool decide_reuse(const Http1ResponseHead& head) const;
  void read_body(std::string_view& input, Http1Events& events);
  void read_chunk_line(char c, Http1Events& events);
  void add_chunk_digit(char c, Http1Events& events);
  void after_chunk_digits(char c, Http1Events& events);
  void skip_extension(char c, Http1Events& events);
  void end_chunk_line(char c, Http1Events& events);
  void read_trailers(std::string_view& input, Http1Events& events);
  void complete(Http1Events& events);
  void fail(const CodecError& error, Http1Events& events);

  Http1Limits limits_;
  Http1Expectation expectation_;
  Stage stage_ = Stage::kIdle;
  HeaderBlock block_;
  std::vector<HeaderField> fields_;
  std::size_t prefix_seen_ = 0;
  unsigned interims_ = 0;
  bool chunked_ = false;
  bool reusable_ = false;
  std::uint64_t left_ = 0;  // of a body with a length, or of a chunk
  unsigned chunk_digits_ = 0;
  std::size_t extension_size_ = 0;
};

}  // namespace zoo::module
