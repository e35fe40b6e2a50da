// SPDX-License-Identifier: Apache-2.0
#include "module/core/fastcgi.h"

#include <algorithm>
#include <cstring>

namespace zoo::module {
namespace {

// Section 8.
enum RecordType : std::uint8_t {
  kBeginRequest = 1,
  kAbortRequest = 2,
  kEndRequest = 3,
  kParams = 4,
  kStdin = 5,
  kStdout = 6,
  kStderr = 7,
  kData = 8,
  kGetValues = 9,
  kGetValuesResult = 10,
  kUnknownType = 11,
};

constexpr char kVersion = 1;
constexpr char kResponder = 1;
constexpr std::uint16_t kManagementId = 0;
constexpr std::size_t kFixedBodySize = 8;     // of BEGIN_REQUEST, END_REQUEST and UNKNOWN_TYPE
constexpr std::size_t kMaxShortLength = 127;  // section 3.4
constexpr std::size_t kMaxPairLength = 0x7FFFFFFF;

constexpr char byte_of(std::size_t value, unsigned shift) noexcept {
  return static_cast<char>((value >> shift) & 0xFF);
}

constexpr std::uint8_t to_u8(char c) noexcept {
  return static_cast<std::uint8_t>(c);
}

std::uint16_t read_u16(const char* at) noexcept {
  return static_cast<std::uint16_t>((to_u8(at[0]) << 8) | to_u8(at[1]));
}

std::uint32_t read_u32(const char* at) noexcept {
  return (std::uint32_t{read_u16(at)} << 16) | read_u16(at + 2);
}

std::array<char, kFastCgiHeaderSize> make_header(RecordType type, std::uint16_t id, std::size_t length) noexcept {
  return {kVersion, static_cast<char>(type), byte_of(id, 8), byte_of(id, 0), byte_of(length, 8), byte_of(length, 0), 0,
          0};
}

void append_header(std::string& out, RecordType type, std::uint16_t id, std::size_t length) {
  const auto header = make_header(type, id, length);
  out.append(header.data(), header.size());
}

// Writes a length of section 3.4 at `at` and returns how many bytes it took.
std::size_t write_pair_length(char* at, std::size_t length) noexcept {
  if (length <= kMaxShortLength) {
    at[0] = byte_of(length, 0);
    return 1;
  }
  at[0] = static_cast<char>(byte_of(length, 24) | '\x80');
  at[1] = byte_of(length, 16);
  at[2] = byte_of(length, 8);
  at[3] = byte_of(length, 0);
  return 4;
}

struct PairLengths {
  PairLengths(std::size_t name, std::size_t value) noexcept {
    size = write_pair_length(bytes.data(), name);
    size += write_pair_length(bytes.data() + size, value);
  }
  std::string_view view() const noexcept { return {bytes.data(), size}; }

  std::array<char, 8> bytes{};
  std::size_t size = 0;
};

// Takes a length of section 3.4 off `content`; nothing if it is cut short.
std::optional<std::size_t> take_pair_length(std::string_view& content) noexcept {
  if (content.empty()) return std::nullopt;
  const std::uint8_t first = to_u8(content.front());
  if (first <= kMaxShortLength) {
    content.remove_prefix(1);
    return first;
  }
  if (content.size() < 4) return std::nullopt;
  const std::size_t length = read_u32(content.data()) & kMaxPairLength;
  content.remove_prefix(4);
  return length;
}

std::optional<HeaderField> take_pair(std::string_view& content) noexcept {
  const std::optional<std::size_t> name = take_pair_length(content);
  if (!name) return std::nullopt;
  const std::optional<std::size_t> value = take_pair_length(content);
  if (!value || *name > content.size() || *value > content.size() - *name) return std::nullopt;
  const HeaderField pair{content.substr(0, *name), content.substr(*name, *value)};
  content.remove_prefix(*name + *value);
  return pair;
}

bool is_request_type(std::uint8_t type) noexcept {
  return type == kStdout || type == kStderr || type == kEndRequest;
}

std::string_view type_name(std::uint8_t type) noexcept {
  constexpr std::array<std::string_view, 12> kNames = {
      "",       "BEGIN_REQUEST", "ABORT_REQUEST", "END_REQUEST",       "PARAMS",      "STDIN", "STDOUT",
      "STDERR", "DATA",          "GET_VALUES",    "GET_VALUES_RESULT", "UNKNOWN_TYPE"};
  return type < kNames.size() ? kNames[type] : std::string_view();
}

std::string describe(std::uint8_t type, std::uint16_t id) {
  return "FastCGI: " + std::string(type_name(type)) + " record for request " + std::to_string(id);
}

}  // namespace

void append_begin_request(std::string& out, std::uint16_t id, FastCgiKeepConnection keep) {
  append_header(out, kBeginRequest, id, kFixedBodySize);
  const std::array<char, kFixedBodySize> body = {0, kResponder, static_cast<char>(keep)};
  out.append(body.data(), body.size());
}

void append_abort_request(std::string& out, std::uint16_t id) {
  append_header(out, kAbortRequest, id, 0);
}

bool append_get_values(std::string& out, std::span<const std::string_view> names) {
  std::string content;
  for (const std::string_view name : names) {
    content.append(PairLengths(name.size(), 0).view()).append(name);
  }
  if (content.size() > kFastCgiMaxContent) return false;
  append_header(out, kGetValues, kManagementId, content.size());
  out.append(content);
  return true;
}

void FastCgiParamsWriter::add(std::string_view name, std::string_view value) {
  append(PairLengths(name.size(), value.size()).view());
  append(name);
  append(value);
}

void FastCgiParamsWriter::finish() {
  close_record();
  append_header(out_, kParams, id_, 0);
}

void FastCgiParamsWriter::append(std::string_view bytes) {
  while (!bytes.empty()) {
    if (record_ == std::string::npos) open_record();
    const std::size_t used = out_.size() - record_ - kFastCgiHeaderSize;
    const std::size_t count = std::min(bytes.size(), kFastCgiMaxContent - used);
    out_.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    if (used + count == kFastCgiMaxContent) close_record();
  }
}

void FastCgiParamsWriter::open_record() {
  record_ = out_.size();
  append_header(out_, kParams, id_, 0);
}

void FastCgiParamsWriter::close_record() {
  if (record_ == std::string::npos) return;
  const std::size_t length = out_.size() - record_ - kFastCgiHeaderSize;
  out_[record_ + 4] = byte_of(length, 8);
  out_[record_ + 5] = byte_of(length, 0);
  record_ = std::string::npos;
}

std::optional<FastCgiStdinRecords::Record> FastCgiStdinRecords::next() {
  if (body_.empty()) return std::nullopt;
  const std::string_view payload = body_.substr(0, kFastCgiMaxContent);
  body_.remove_prefix(payload.size());
  return Record{make_header(kStdin, id_, payload.size()), payload};
}

void append_stdin(std::string& out, std::uint16_t id, std::string_view body) {
  FastCgiStdinRecords records(id, body);
  while (const auto record = records.next()) {
    out.append(record->header.data(), record->header.size()).append(record->payload);
  }
}

void append_stdin_end(std::string& out, std::uint16_t id) {
  append_header(out, kStdin, id, 0);
}

bool FastCgiDecoder::open(std::uint16_t id) {
  if (id == kManagementId || find(id) != nullptr) return false;
  Request* slot = find(kManagementId);
  if (slot == nullptr) slot = &requests_.emplace_back();
  slot->id = id;
  slot->output = Output::kHead;
  slot->output_ended = slot->errors_ended = false;
  slot->block.clear();
  ++open_requests_;
  return true;
}

bool FastCgiDecoder::feed(std::string_view input, FastCgiEvents& events) {
  while (!input.empty() && !failed()) {
    switch (stage_) {
      case Stage::kHeader:
        read_header(input, events);
        break;
      case Stage::kContent:
        read_content(input, events);
        break;
      case Stage::kPadding: {
        const std::size_t count = std::min(padding_left_, input.size());
        input.remove_prefix(count);
        padding_left_ -= count;
        if (padding_left_ == 0) stage_ = Stage::kHeader;
        break;
      }
      case Stage::kFailed:
        break;
    }
  }
  return !failed();
}

bool FastCgiDecoder::end_of_input(FastCgiEvents& events) {
  if (failed()) return false;
  if (stage_ != Stage::kHeader || header_size_ != 0) {
    return fail({CodecFault::kTruncated, "FastCGI: the connection ended inside a record"}, events);
  }
  if (open_requests_ != 0) {
    return fail({CodecFault::kTruncated,
                 "FastCGI: the connection ended before the end of " + std::to_string(open_requests_) + " request(s)"},
                events);
  }
  return true;
}

void FastCgiDecoder::reset() noexcept {
  stage_ = Stage::kHeader;
  header_size_ = content_left_ = padding_left_ = 0;
  request_ = nullptr;
  content_.clear();
  for (Request& request : requests_) request.id = kManagementId;
  open_requests_ = 0;
}

// Free slots have the id 0, so find(0) yields one of them.
FastCgiDecoder::Request* FastCgiDecoder::find(std::uint16_t id) noexcept {
  const auto found = std::ranges::find(requests_, id, &Request::id);
  return found == requests_.end() ? nullptr : &*found;
}

bool FastCgiDecoder::read_header(std::string_view& input, FastCgiEvents& events) {
  if (header_size_ == 0 && input.size() >= kFastCgiHeaderSize) {
    const char* header = input.data();
    input.remove_prefix(kFastCgiHeaderSize);
    return begin_record(header, events);
  }
  const std::size_t count = std::min(kFastCgiHeaderSize - header_size_, input.size());
  std::memcpy(header_.data() + header_size_, input.data(), count);
  header_size_ += count;
  input.remove_prefix(count);
  if (header_size_ < kFastCgiHeaderSize) return true;
  header_size_ = 0;
  return begin_record(header_.data(), events);
}

bool FastCgiDecoder::begin_record(const char* header, FastCgiEvents& events) {
  version_ = to_u8(header[0]);
  type_ = to_u8(header[1]);
  id_ = read_u16(header + 2);
  content_left_ = read_u16(header + 4);
  padding_left_ = to_u8(header[6]);
  request_ = id_ == kManagementId ? nullptr : find(id_);
  if (const MaybeError error = check_record()) return fail(*error, events);
  if (content_left_ != 0) {
    stage_ = Stage::kContent;
    return true;
  }
  leave_content();
  if (type_ == kStdout) {
    request_->output_ended = true;
  } else if (type_ == kStderr) {
    request_->errors_ended = true;
  } else {
    end_content({}, events);
  }
  return !failed();
}

void FastCgiDecoder::leave_content() noexcept {
  stage_ = padding_left_ != 0 ? Stage::kPadding : Stage::kHeader;
}

MaybeError FastCgiDecoder::check_record() const {
  if (version_ != kVersion) {
    return CodecError{CodecFault::kBadVersion, "FastCGI: a record has version " + std::to_string(version_) +
                                                   " instead of 1; does the worker print to its connection?"};
  }
  if (is_request_type(type_)) {
    if (request_ == nullptr) {
      return CodecError{CodecFault::kBadRequestId, describe(type_, id_) + ", which is not open"};
    }
    return type_ == kEndRequest ? check_fixed_length() : check_stream();
  }
  if (type_ != kGetValuesResult && type_ != kUnknownType) {
    return CodecError{CodecFault::kBadRecordType, "FastCGI: record type " + std::to_string(type_) + " (" +
                                                      std::string(type_name(type_)) + ") from a worker"};
  }
  if (id_ != kManagementId) {
    return CodecError{CodecFault::kBadRequestId, describe(type_, id_) + ", but its id must be 0"};
  }
  return type_ == kUnknownType ? check_fixed_length() : std::nullopt;
}

MaybeError FastCgiDecoder::check_stream() const {
  const bool ended = type_ == kStdout ? request_->output_ended : request_->errors_ended;
  if (!ended || content_left_ == 0) return std::nullopt;
  return CodecError{CodecFault::kDataAfterEnd, describe(type_, id_) + " with data after the end of that stream"};
}

MaybeError FastCgiDecoder::check_fixed_length() const {
  if (content_left_ == kFixedBodySize) return std::nullopt;
  return CodecError{CodecFault::kBadRecordLength,
                    describe(type_, id_) + " with " + std::to_string(content_left_) + " bytes instead of 8"};
}

void FastCgiDecoder::read_content(std::string_view& input, FastCgiEvents& events) {
  const std::string_view data = input.substr(0, content_left_);
  input.remove_prefix(data.size());
  content_left_ -= data.size();
  if (content_left_ == 0) leave_content();
  if (request_ != nullptr && type_ != kEndRequest) {
    read_stream(data, events);
  } else {
    collect_content(data, events);
  }
}

void FastCgiDecoder::read_stream(std::string_view data, FastCgiEvents& events) {
  if (type_ == kStderr) {
    events.on_stderr(id_, data);
  } else {
    read_output(data, events);
  }
}

void FastCgiDecoder::read_output(std::string_view data, FastCgiEvents& events) {
  if (request_->output == Output::kHead) read_head(data, events);
  if (request_->output == Output::kBody && !data.empty()) events.on_body(id_, data);
}

void FastCgiDecoder::read_head(std::string_view& data, FastCgiEvents& events) {
  Request& request = *request_;
  switch (request.block.collect(data, limits_.max_bytes)) {
    case HeaderBlock::State::kIncomplete:
      return;
    case HeaderBlock::State::kTooLarge:
      fail_request(request,
                   {CodecFault::kHeadTooLarge,
                    "the response header is larger than " + std::to_string(limits_.max_bytes) + " bytes"},
                   events);
      return;
    case HeaderBlock::State::kComplete:
      break;
  }
  CgiResponseHead head;
  if (const MaybeError error = parse_cgi_head(request.block.text(), limits_.max_fields, fields_, head)) {
    fail_request(request, *error, events);
    return;
  }
  request.output = Output::kBody;
  events.on_head(id_, head);
  request.block.clear();
}

void FastCgiDecoder::collect_content(std::string_view data, FastCgiEvents& events) {
  if (content_.empty() && content_left_ == 0) {
    end_content(data, events);
    return;
  }
  content_.append(data);
  if (content_left_ != 0) return;
  end_content(content_, events);
  content_.clear();
}

void FastCgiDecoder::end_content(std::string_view content, FastCgiEvents& events) {
  if (request_ != nullptr) {
    end_request(*request_, content, events);
  } else if (type_ == kUnknownType) {
    events.on_unknown_type(to_u8(content.front()));
  } else {
    read_values(content, events);
  }
}

void FastCgiDecoder::end_request(Request& request, std::string_view content, FastCgiEvents& events) {
  const std::uint8_t status = to_u8(content[4]);
  if (status > static_cast<std::uint8_t>(FastCgiProtocolStatus::kUnknownRole)) {
    fail({CodecFault::kBadProtocolStatus, describe(type_, id_) + " with protocol status " + std::to_string(status)},
         events);
    return;
  }
  const FastCgiEnd end{read_u32(content.data()), static_cast<FastCgiProtocolStatus>(status)};
  // Not at the end of STDOUT: a worker that is overloaded may end its empty output before it says so.
  if (end.protocol_status == FastCgiProtocolStatus::kComplete && request.output == Output::kHead) {
    fail_request(request, {CodecFault::kTruncated, "the request ended before the end of the response header"}, events);
  }
  request.id = kManagementId;
  request_ = nullptr;
  --open_requests_;
  events.on_end(id_, end);
}

void FastCgiDecoder::read_values(std::string_view content, FastCgiEvents& events) {
  while (!content.empty()) {
    const std::optional<HeaderField> pair = take_pair(content);
    if (!pair) {
      fail({CodecFault::kBadNameValuePair, "FastCGI: a name-value pair runs over the end of its record"}, events);
      return;
    }
    events.on_value(pair->name, pair->value);
  }
  events.on_values_end();
}

void FastCgiDecoder::fail_request(Request& request, const CodecError& error, FastCgiEvents& events) {
  request.output = Output::kDiscarded;
  request.block.clear();
  events.on_request_error(request.id, error);
}

bool FastCgiDecoder::fail(const CodecError& error, FastCgiEvents& events) {
  stage_ = Stage::kFailed;
  request_ = nullptr;
  events.on_connection_error(error);
  return false;
}

}  // namespace zoo::module
