// SPDX-License-Identifier: Apache-2.0
#include "tests/module/core/codec_events.h"

#include <algorithm>

namespace zoo::module::test {
namespace {

// Split-mix: good enough to choose cuts, the same everywhere.
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

std::uint64_t seed_of(std::string_view bytes) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

// Feeds one piece as a heap block of its exact size, so that a sanitizer sees any read behind it.
template <typename Feed>
void with_exact_copy(const std::string& piece, Feed feed) {
  const std::vector<char> copy(piece.begin(), piece.end());
  feed(std::string_view(copy.data(), copy.size()));
}

template <typename Run>
Lines check_cuts(std::string_view bytes, Run run) {
  constexpr std::uint64_t kRandomCuts = 3;
  constexpr std::size_t kMaxForSingleBytes = 4096;
  const Lines whole = run({std::string(bytes)});
  std::uint64_t seed = seed_of(bytes);
  for (std::uint64_t i = 0; i < kRandomCuts; ++i) {
    if (run(cut_randomly(bytes, seed + i)) != whole) return {"BROKEN random cut " + std::to_string(seed + i)};
  }
  if (bytes.size() <= kMaxForSingleBytes && run(cut_into_bytes(bytes)) != whole) return {"BROKEN single bytes"};
  return whole;
}

}  // namespace

std::vector<std::string> cut(std::string_view bytes, const std::vector<std::size_t>& offsets) {
  std::vector<std::string> pieces;
  std::size_t begin = 0;
  for (const std::size_t offset : offsets) {
    pieces.emplace_back(bytes.substr(begin, offset - begin));
    begin = offset;
  }
  pieces.emplace_back(bytes.substr(begin));
  return pieces;
}

std::vector<std::string> cut_randomly(std::string_view bytes, std::uint64_t seed) {
  std::vector<std::string> pieces;
  std::uint64_t state = seed;
  while (!bytes.empty()) {
    const std::uint64_t shape = next_random(state) % 4;
    const std::size_t longest = shape == 0 ? 1 : shape == 1 ? 8 : shape == 2 ? 64 : bytes.size();
    const auto size = static_cast<std::size_t>(1 + next_random(state) % longest);
    pieces.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  return pieces;
}

std::vector<std::string> cut_into_bytes(std::string_view bytes) {
  std::vector<std::string> pieces;
  for (const char c : bytes) pieces.emplace_back(1, c);
  return pieces;
}

void EventList::add(std::string event) {
  lines_.push_back(std::move(event));
  open_stream_.clear();
}

void EventList::add_data(const std::string& stream, std::string_view data) {
  if (open_stream_ != stream) {
    lines_.push_back(stream + " ");
    open_stream_ = stream;
  }
  lines_.back().append(data);
}

std::string describe(std::span<const HeaderField> fields) {
  std::string text;
  for (const HeaderField& field : fields) text.append("|").append(field.name).append("=").append(field.value);
  return text;
}

std::string error_line(CodecFault fault, std::string_view text) {
  return std::string("error ").append(std::to_string(static_cast<int>(fault))).append(" ").append(text);
}

void FastCgiRecorder::expect(bool condition, const std::string& what) {
  if (!condition || failed_) events.add("BROKEN " + what);
}

void FastCgiRecorder::on_head(std::uint16_t id, const CgiResponseHead& head) {
  expect(states_[id].empty(), "second head");
  states_[id] = "head";
  std::string text = std::to_string(id) + " head " + std::to_string(head.status);
  if (!head.reason.empty()) text.append(" ").append(head.reason);
  if (head.content_length) text += " length=" + std::to_string(*head.content_length);
  if (head.redirect == CgiRedirect::kLocal) text.append(" local=").append(head.location);
  if (head.redirect == CgiRedirect::kClient) text.append(" client=").append(head.location);
  events.add(text + describe(head.fields));
}

void FastCgiRecorder::on_body(std::uint16_t id, std::string_view data) {
  expect(states_[id] == "head" && !data.empty(), "body without head");
  events.add_data(std::to_string(id) + " body", data);
}

void FastCgiRecorder::on_stderr(std::uint16_t id, std::string_view data) {
  expect(states_[id] != "end" && !data.empty(), "stderr after end");
  events.add_data(std::to_string(id) + " stderr", data);
}

void FastCgiRecorder::on_request_error(std::uint16_t id, const CodecError& error) {
  expect(states_[id].empty(), "request error after head");
  states_[id] = "error";
  events.add(std::to_string(id) + " " + error_line(error.fault, error.text));
}

void FastCgiRecorder::on_end(std::uint16_t id, const FastCgiEnd& end) {
  const bool complete = end.protocol_status == FastCgiProtocolStatus::kComplete;
  expect(states_[id] != "end" && !(complete && states_[id].empty()), "end without head");
  states_[id] = "end";
  events.add(std::to_string(id) + " end " + std::to_string(end.app_status) + " " +
             std::to_string(static_cast<int>(end.protocol_status)));
}

void FastCgiRecorder::on_value(std::string_view name, std::string_view value) {
  expect(true, "value after an error");
  events.add(std::string("value ").append(name).append("=").append(value));
}

void FastCgiRecorder::on_values_end() {
  events.add("values end");
}

void FastCgiRecorder::on_unknown_type(std::uint8_t type) {
  events.add("unknown type " + std::to_string(type));
}

void FastCgiRecorder::on_connection_error(const CodecError& error) {
  expect(true, "error after an error");
  failed_ = true;
  events.add(error_line(error.fault, error.text));
}

namespace {

std::string describe_head(const char* kind, const Http1ResponseHead& head) {
  std::string text = std::string(kind) + " 1." + std::to_string(head.minor_version) + " " + std::to_string(head.status);
  if (!head.reason.empty()) text.append(" ").append(head.reason);
  if (head.content_length) text += " length=" + std::to_string(*head.content_length);
  return text + describe(head.fields);
}

}  // namespace

void Http1Recorder::expect(bool condition, const std::string& what) {
  if (!condition || failed_) events.add("BROKEN " + what);
}

void Http1Recorder::on_interim(const Http1ResponseHead& head) {
  expect(!in_body_ && head.status < 200, "interim");
  events.add(describe_head("interim", head));
}

void Http1Recorder::on_head(const Http1ResponseHead& head) {
  expect(!in_body_, "second head");
  in_body_ = true;
  events.add(describe_head("head", head));
}

void Http1Recorder::on_body(std::string_view data) {
  expect(in_body_ && !data.empty(), "body");
  events.add_data("body", data);
}

void Http1Recorder::on_trailers(std::span<const HeaderField> fields) {
  expect(in_body_, "trailers");
  events.add("trailers" + describe(fields));
}

void Http1Recorder::on_tunnel(std::string_view data) {
  expect(in_body_ && !data.empty(), "tunnel");
  events.add_data("tunnel", data);
}

void Http1Recorder::on_complete(bool reusable) {
  expect(in_body_, "complete");
  in_body_ = false;
  events.add(reusable ? "complete reusable" : "complete");
}

void Http1Recorder::on_error(const CodecError& error) {
  expect(true, "error after an error");
  failed_ = true;
  events.add(error_line(error.fault, error.text));
}

Lines run_fastcgi(const FastCgiRun& run, const std::vector<std::string>& pieces) {
  FastCgiDecoder decoder(run.limits);
  FastCgiRecorder recorder;
  for (unsigned id = 1; id <= run.open_ids; ++id) {
    if (!decoder.open(static_cast<std::uint16_t>(id))) return {"BROKEN open"};
  }
  for (const std::string& piece : pieces) {
    with_exact_copy(piece, [&](std::string_view bytes) { decoder.feed(bytes, recorder); });
  }
  decoder.end_of_input(recorder);
  return recorder.events.lines();
}

namespace {

void feed_http1(Http1ResponseDecoder& decoder, const Http1Run& run, std::size_t& begun, std::string_view bytes,
                Http1Recorder& recorder) {
  while (!bytes.empty() && !decoder.failed()) {
    if (decoder.idle() && begun < run.requests.size()) decoder.begin(run.requests[begun++]);
    const std::size_t taken = decoder.feed(bytes, recorder);
    bytes.remove_prefix(taken);
  }
}

}  // namespace

Lines run_http1(const Http1Run& run, const std::vector<std::string>& pieces) {
  Http1ResponseDecoder decoder(run.limits);
  Http1Recorder recorder;
  std::size_t begun = 1;
  decoder.begin(run.requests.front());
  for (const std::string& piece : pieces) {
    with_exact_copy(piece, [&](std::string_view bytes) { feed_http1(decoder, run, begun, bytes, recorder); });
  }
  decoder.end_of_input(recorder);
  return recorder.events.lines();
}

Lines check_fastcgi_input(std::string_view input) {
  if (input.empty()) return {};
  const auto options = static_cast<unsigned char>(input.front());
  FastCgiRun run;
  run.open_ids = 1 + (options & 7U);
  if ((options & 0x80U) != 0) run.limits = {64, 3};
  return check_cuts(input.substr(1), [&](const std::vector<std::string>& pieces) { return run_fastcgi(run, pieces); });
}

Lines check_http1_input(std::string_view input) {
  if (input.empty()) return {};
  const auto options = static_cast<unsigned char>(input.front());
  Http1Run run;
  const Http1Expectation first{(options & 1U) != 0, (options & 2U) != 0};
  run.requests.assign(1 + ((options >> 3U) & 3U), Http1Expectation{});
  run.requests.front() = first;
  if ((options & 4U) != 0) run.limits = {{128, 3}, {32, 2}, 4, 2};
  return check_cuts(input.substr(1), [&](const std::vector<std::string>& pieces) { return run_http1(run, pieces); });
}

}  // namespace zoo::module::test
