// SPDX-License-Identifier: Apache-2.0
#include "module/core/http1_client.h"

#include <algorithm>

namespace zoo::module {
namespace {

constexpr std::string_view kVersionPrefix = "HTTP/1.";
constexpr unsigned kMaxChunkDigits = 15;  // 2^60 - 1: sums of sizes cannot overflow

constexpr unsigned kSwitchingProtocols = 101;
constexpr unsigned kNoContent = 204;
constexpr unsigned kNotModified = 304;

bool is_target(std::string_view target) noexcept {
  return !target.empty() && std::ranges::none_of(target, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F;
  });
}

// Fields that the encoder writes itself, and those that concern the client's connection alone.
bool is_left_out(const HeaderField& field) noexcept {
  constexpr std::array<std::string_view, 4> kNames = {"host", "content-length", "expect", "proxy"};
  return is_hop_by_hop(field.name) ||
         std::ranges::any_of(kNames, [&](std::string_view name) { return equals_ignoring_case(name, field.name); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

CodecError bad_request(std::string text) {
  return {CodecFault::kBadRequest, std::move(text)};
}

MaybeError check_request(const Http1Request& request) {
  if (!is_token(request.method)) return bad_request("HTTP: the method is not a token");
  if (!is_target(request.target))
    return bad_request("HTTP: the request target is empty or has a blank or control character");
  if (!is_field_value(request.host)) return bad_request("HTTP: Host has a control character");
  if (!is_field_value(request.upgrade)) return bad_request("HTTP: Upgrade has a control character");
  for (const HeaderField& field : request.fields) {
    if (!is_token(field.name)) return bad_request("HTTP: a request header's name is not a token");
    if (!is_field_value(field.value)) {
      return bad_request("HTTP: the request header " + std::string(field.name) + " has a control character");
    }
  }
  return std::nullopt;
}

void append_framing(std::string& out, const Http1Request& request) {
  if (request.body == Http1Body::kLength) append_field(out, "Content-Length", std::to_string(request.content_length));
  if (request.body == Http1Body::kChunked) append_field(out, "Transfer-Encoding", "chunked");
  if (request.upgrade.empty()) {
    append_field(out, "Connection", request.keep_alive ? "keep-alive" : "close");
  } else {
    append_field(out, "Connection", "Upgrade");
    append_field(out, "Upgrade", request.upgrade);
  }
}

// RFC 9110 section 6.5.1: framing, routing and connection control do not belong into trailers.
bool is_no_trailer(const HeaderField& field) noexcept {
  return is_hop_by_hop(field.name) || equals_ignoring_case(field.name, "content-length") ||
         equals_ignoring_case(field.name, "host");
}

bool has_transfer_encoding(std::span<const HeaderField> fields) noexcept {
  return find_field(fields, "transfer-encoding") != nullptr;
}

// Section 6.3: no body whatever the fields say.
bool never_has_body(unsigned status) noexcept {
  return status == kNoContent || status == kNotModified;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

MaybeError parse_status_line(std::string_view line, Http1ResponseHead& head) {
  const CodecError error{CodecFault::kBadStatus,
                         "HTTP: the status line is not HTTP/1.x, a three-digit status, a reason"};
  constexpr std::size_t kCodeAt = kVersionPrefix.size() + 2;  // behind the minor version and a space
  if (line.size() < kCodeAt + 3 || line[kCodeAt - 1] != ' ') return error;
  const char minor = line[kCodeAt - 2];
  const std::optional<unsigned> code = parse_status_code(line.substr(kCodeAt));
  const std::string_view rest = line.substr(kCodeAt + 3);
  if (minor < '0' || minor > '9' || !code || (!rest.empty() && rest.front() != ' ') || !is_field_value(rest))
    return error;
  head.minor_version = static_cast<unsigned>(minor - '0');
  head.status = *code;
  head.reason = trim_blanks(rest);
  return std::nullopt;
}

}  // namespace

MaybeError append_http1_request(std::string& out, const Http1Request& request) {
  if (MaybeError error = check_request(request)) return error;
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  append_field(out, "Host", request.host);
  std::vector<HeaderField> fields(request.fields.begin(), request.fields.end());
  remove_hop_by_hop(fields);
  for (const HeaderField& field : fields) {
    if (!is_left_out(field)) append_field(out, field.name, field.value);
  }
  append_framing(out, request);
  out.append("\r\n");
  return std::nullopt;
}

Http1ChunkPrefix::Http1ChunkPrefix(std::size_t size) noexcept : begin_(bytes_.size() - 2) {
  bytes_[begin_] = '\r';
  bytes_[begin_ + 1] = '\n';
  for (; size != 0; size >>= 4) bytes_[--begin_] = "0123456789abcdef"[size & 0xF];
}

void append_http1_chunk(std::string& out, std::string_view data) {
  if (data.empty()) return;
  out.append(Http1ChunkPrefix(data.size()).view()).append(data).append(kHttp1ChunkEnd);
}

void Http1ResponseDecoder::begin(Http1Expectation expectation) {
  expectation_ = expectation;
  stage_ = Stage::kHead;
  block_.clear();
  prefix_seen_ = 0;
  interims_ = 0;
}

std::size_t Http1ResponseDecoder::feed(std::string_view input, Http1Events& events) {
  const std::size_t size = input.size();
  if (idle() && size != 0) {
    fail({CodecFault::kUnexpectedData, "HTTP: bytes from the worker while no request is outstanding"}, events);
  }
  while (!input.empty() && !idle() && !failed()) step(input, events);
  return failed() ? size : size - input.size();
}

void Http1ResponseDecoder::step(std::string_view& input, Http1Events& events) {
  switch (stage_) {
    case Stage::kHead:
      read_head(input, events);
      break;
    case Stage::kLengthBody:
    case Stage::kChunkData:
      read_body(input, events);
      break;
    case Stage::kCloseBody:
      events.on_body(input);
      input = {};
      break;
    case Stage::kTrailers:
      read_trailers(input, events);
      break;
    case Stage::kTunnel:
      events.on_tunnel(input);
      input = {};
      break;
    default: {
      const char c = input.front();
      input.remove_prefix(1);
      read_chunk_line(c, events);
      break;
    }
  }
}

void Http1ResponseDecoder::end_of_input(Http1Events& events) {
  if (idle() || failed()) return;
  if (stage_ == Stage::kCloseBody || stage_ == Stage::kTunnel) {
    complete(events);
  } else if (stage_ == Stage::kHead && prefix_seen_ == 0 && interims_ == 0) {
    fail({CodecFault::kClosedBeforeResponse, "HTTP: the worker closed the connection without a response"}, events);
  } else {
    fail({CodecFault::kTruncated, "HTTP: the worker closed the connection inside a response"}, events);
  }
}

void Http1ResponseDecoder::read_head(std::string_view& input, Http1Events& events) {
  if (!check_prefix(input)) {
    fail({CodecFault::kBadVersion, "HTTP: the response does not begin with HTTP/1."}, events);
    return;
  }
  const HeaderBlock::State state = block_.collect(input, limits_.head.max_bytes);
  if (state == HeaderBlock::State::kIncomplete) return;
  if (state == HeaderBlock::State::kTooLarge) {
    fail({CodecFault::kHeadTooLarge,
          "HTTP: the response header is larger than " + std::to_string(limits_.head.max_bytes) + " bytes"},
         events);
    return;
  }
  Http1ResponseHead head;
  MaybeError error = parse_head(block_.text(), head);
  if (!error) error = check_framing(head);
  if (error) {
    fail(*error, events);
    return;
  }
  prefix_seen_ = 0;
  accept_head(head, events);
  block_.clear();
}

// Garbage is refused at its first byte: a worker that is no HTTP server may wait for us while we wait for its line's
// end.
bool Http1ResponseDecoder::check_prefix(std::string_view input) noexcept {
  const std::string_view expected = kVersionPrefix.substr(std::min(prefix_seen_, kVersionPrefix.size()));
  const std::string_view seen = input.substr(0, expected.size());
  prefix_seen_ += seen.size();
  return expected.starts_with(seen);
}

MaybeError Http1ResponseDecoder::parse_head(std::string_view text, Http1ResponseHead& head) {
  const std::optional<std::string_view> line = take_line(text, LineEnding::kCrLf);
  if (!line) return CodecError{CodecFault::kBadLineEnding, "HTTP: the status line does not end with CR LF"};
  if (MaybeError error = parse_status_line(*line, head)) return error;
  if (MaybeError error = parse_fields(text, LineEnding::kCrLf, limits_.head.max_fields, fields_)) return error;
  if (MaybeError error = take_content_length(fields_, head.content_length)) return error;
  head.fields = fields_;
  return std::nullopt;
}

// Section 6.3 and 11.2: whatever two readers could understand differently is refused.
MaybeError Http1ResponseDecoder::check_framing(const Http1ResponseHead& head) const {
  const HeaderField* coding = nullptr;
  for (const HeaderField& field : head.fields) {
    if (!equals_ignoring_case(field.name, "transfer-encoding")) continue;
    if (coding != nullptr || !equals_ignoring_case(field.value, "chunked")) {
      return CodecError{CodecFault::kBadTransferEncoding, "HTTP: Transfer-Encoding is not just \"chunked\""};
    }
    coding = &field;
  }
  if (coding != nullptr && head.content_length) {
    return CodecError{CodecFault::kConflictingLength, "HTTP: both Transfer-Encoding and Content-Length"};
  }
  if (coding != nullptr && head.minor_version == 0) {
    return CodecError{CodecFault::kBadTransferEncoding, "HTTP: Transfer-Encoding in an HTTP/1.0 response"};
  }
  if (head.status < 200 && (coding != nullptr || head.content_length)) {
    return CodecError{CodecFault::kConflictingLength, "HTTP: a 1xx response with the fields of a body"};
  }
  return std::nullopt;
}

void Http1ResponseDecoder::accept_head(const Http1ResponseHead& head, Http1Events& events) {
  if (head.status < 200 && head.status != kSwitchingProtocols) {
    accept_interim(head, events);
  } else if (head.status != kSwitchingProtocols) {
    chunked_ = has_transfer_encoding(head.fields);
    reusable_ = decide_reuse(head);
    events.on_head(head);
    start_body(head, events);
  } else if (expectation_.upgrade_offered) {
    reusable_ = false;
    stage_ = Stage::kTunnel;
    events.on_head(head);
  } else {
    fail({CodecFault::kUnexpectedUpgrade, "HTTP: 101 although no upgrade was offered"}, events);
  }
}

void Http1ResponseDecoder::accept_interim(const Http1ResponseHead& head, Http1Events& events) {
  if (++interims_ > limits_.max_interims) {
    fail({CodecFault::kTooManyInterims, "HTTP: more than " + std::to_string(limits_.max_interims) + " 1xx responses"},
         events);
    return;
  }
  events.on_interim(head);
}

void Http1ResponseDecoder::start_body(const Http1ResponseHead& head, Http1Events& events) {
  if (expectation_.head_request || never_has_body(head.status)) {
    complete(events);
  } else if (chunked_) {
    stage_ = Stage::kChunkSize;
    left_ = chunk_digits_ = 0;
  } else if (head.content_length) {
    stage_ = Stage::kLengthBody;
    left_ = *head.content_length;
    if (left_ == 0) complete(events);
  } else {
    reusable_ = false;
    stage_ = Stage::kCloseBody;
  }
}

// Section 9.3. A 204 that announces a body may well send it, so its connection is not trusted with another request.
bool Http1ResponseDecoder::decide_reuse(const Http1ResponseHead& head) const {
  const bool announced = has_transfer_encoding(head.fields) || head.content_length.value_or(0) != 0;
  if (head.status == kNoContent && announced) return false;
  if (has_list_token(head.fields, "connection", "close")) return false;
  return head.minor_version >= 1 || has_list_token(head.fields, "connection", "keep-alive");
}

void Http1ResponseDecoder::read_body(std::string_view& input, Http1Events& events) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
  const std::string_view data = input.substr(0, count);
  input.remove_prefix(count);
  left_ -= count;
  events.on_body(data);
  if (left_ != 0) return;
  if (stage_ == Stage::kLengthBody) {
    complete(events);
  } else {
    stage_ = Stage::kChunkDataCr;
  }
}

// One byte of what is between the chunks' data (section 7.1).
void Http1ResponseDecoder::read_chunk_line(char c, Http1Events& events) {
  switch (stage_) {
    case Stage::kChunkSize:
      add_chunk_digit(c, events);
      break;
    case Stage::kChunkBlank:
      after_chunk_digits(c, events);
      break;
    case Stage::kChunkExtension:
      skip_extension(c, events);
      break;
    case Stage::kChunkSizeEnd:
      end_chunk_line(c, events);
      break;
    case Stage::kChunkDataCr:
    case Stage::kChunkDataLf: {
      const bool at_cr = stage_ == Stage::kChunkDataCr;
      if (c != (at_cr ? '\r' : '\n')) {
        fail({CodecFault::kBadChunk, "HTTP: a chunk's data does not end with CR LF"}, events);
        return;
      }
      stage_ = at_cr ? Stage::kChunkDataLf : Stage::kChunkSize;
      left_ = chunk_digits_ = 0;
      break;
    }
    default:
      break;
  }
}

void Http1ResponseDecoder::add_chunk_digit(char c, Http1Events& events) {
  const int digit = hex_digit(c);
  if (digit < 0 && chunk_digits_ != 0) {
    extension_size_ = 0;
    after_chunk_digits(c, events);
  } else if (digit < 0) {
    fail({CodecFault::kBadChunk, "HTTP: a chunk does not begin with its size"}, events);
  } else if (++chunk_digits_ > kMaxChunkDigits) {
    fail({CodecFault::kBadChunk, "HTTP: a chunk size of more than 15 digits"}, events);
  } else {
    left_ = left_ * 16 + static_cast<unsigned>(digit);
  }
}

void Http1ResponseDecoder::after_chunk_digits(char c, Http1Events& events) {
  const bool blank = c == ' ' || c == '\t';
  if (c == '\r' && stage_ == Stage::kChunkSize) {
    stage_ = Stage::kChunkSizeEnd;
  } else if (c == ';') {
    stage_ = Stage::kChunkExtension;
  } else if (blank && ++extension_size_ <= limits_.max_chunk_extension) {
    stage_ = Stage::kChunkBlank;
  } else {
    fail({CodecFault::kBadChunk, "HTTP: a chunk size is followed by something else than an extension or CR LF"},
         events);
  }
}

void Http1ResponseDecoder::skip_extension(char c, Http1Events& events) {
  if (c == '\r') {
    stage_ = Stage::kChunkSizeEnd;
  } else if (!is_field_value({&c, 1})) {
    fail({CodecFault::kBadChunk, "HTTP: a chunk extension has a control character"}, events);
  } else if (++extension_size_ > limits_.max_chunk_extension) {
    fail({CodecFault::kBadChunk,
          "HTTP: a chunk extension is longer than " + std::to_string(limits_.max_chunk_extension) + " bytes"},
         events);
  }
}

void Http1ResponseDecoder::end_chunk_line(char c, Http1Events& events) {
  if (c != '\n') {
    fail({CodecFault::kBadChunk, "HTTP: a chunk-size line does not end with CR LF"}, events);
    return;
  }
  stage_ = left_ == 0 ? Stage::kTrailers : Stage::kChunkData;
}

void Http1ResponseDecoder::read_trailers(std::string_view& input, Http1Events& events) {
  const HeaderBlock::State state = block_.collect(input, limits_.trailers.max_bytes);
  if (state == HeaderBlock::State::kIncomplete) return;
  if (state == HeaderBlock::State::kTooLarge) {
    fail({CodecFault::kHeadTooLarge,
          "HTTP: the trailers are larger than " + std::to_string(limits_.trailers.max_bytes) + " bytes"},
         events);
    return;
  }
  if (MaybeError error = parse_fields(block_.text(), LineEnding::kCrLf, limits_.trailers.max_fields, fields_)) {
    fail(*error, events);
    return;
  }
  std::erase_if(fields_, is_no_trailer);
  if (!fields_.empty()) events.on_trailers(fields_);
  block_.clear();
  complete(events);
}

void Http1ResponseDecoder::complete(Http1Events& events) {
  stage_ = Stage::kIdle;
  events.on_complete(reusable_);
}

void Http1ResponseDecoder::fail(const CodecError& error, Http1Events& events) {
  stage_ = Stage::kFailed;
  events.on_error(error);
}

}  // namespace zoo::module
