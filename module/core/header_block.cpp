// SPDX-License-Identifier: Apache-2.0
#include "module/core/header_block.h"

#include <algorithm>

namespace zoo::module {
namespace {

CodecError field_error(CodecFault fault, std::size_t number, std::string_view what) {
  return {fault, "header line " + std::to_string(number) + ": " + std::string(what)};
}

MaybeError parse_field(std::string_view line, std::size_t number, std::vector<HeaderField>& fields) {
  if (line.front() == ' ' || line.front() == '\t') {
    return field_error(CodecFault::kFoldedLine, number, "it begins with a blank (folded lines are not accepted)");
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return field_error(CodecFault::kBadFieldName, number, "there is no colon in it");
  const std::string_view name = line.substr(0, colon);
  if (!is_token(name)) {
    return field_error(CodecFault::kBadFieldName, number, "the name is empty or has a character that is not allowed");
  }
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  if (!is_field_value(value)) {
    return field_error(CodecFault::kBadFieldValue, number,
                       "the value of " + std::string(name) + " has a control character");
  }
  fields.push_back({name, value});
  return std::nullopt;
}

}  // namespace

HeaderBlock::State HeaderBlock::collect(std::string_view& input, std::size_t max_bytes) {
  const std::size_t held = buffer_.size();
  std::string_view window = input.substr(0, max_bytes - held);
  if (held != 0) window = buffer_.append(window);
  const std::size_t end = find_end(window);
  if (end != 0) {
    text_ = window.substr(0, end);
    input.remove_prefix(end - held);
    return State::kComplete;
  }
  if (window.size() == max_bytes) return State::kTooLarge;
  if (held == 0) buffer_.assign(window);
  input = {};
  return State::kIncomplete;
}

void HeaderBlock::clear() noexcept {
  buffer_.clear();
  text_ = {};
  line_start_ = 0;
  scanned_ = 0;
}

// Returns the offset behind the empty line, or 0. Remembers how far it has looked, so that input in single bytes costs
// no more than input in one piece.
std::size_t HeaderBlock::find_end(std::string_view window) noexcept {
  for (;;) {
    const std::size_t newline = window.find('\n', scanned_);
    if (newline == std::string_view::npos) break;
    const std::size_t length = newline - line_start_;
    if (length == 0 || (length == 1 && window[line_start_] == '\r')) return newline + 1;
    line_start_ = scanned_ = newline + 1;
  }
  scanned_ = window.size();
  return 0;
}

std::optional<std::string_view> take_line(std::string_view& block, LineEnding ending) noexcept {
  const std::size_t newline = block.find('\n');
  if (newline == std::string_view::npos) return std::nullopt;
  std::string_view line = block.substr(0, newline);
  block.remove_prefix(newline + 1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  } else if (ending == LineEnding::kCrLf) {
    return std::nullopt;
  }
  return line;
}

MaybeError parse_fields(std::string_view block, LineEnding ending, std::size_t max_fields,
                        std::vector<HeaderField>& fields) {
  fields.clear();
  for (std::size_t number = 1;; ++number) {
    const std::optional<std::string_view> line = take_line(block, ending);
    if (!line) return field_error(CodecFault::kBadLineEnding, number, "it does not end with CR LF");
    if (line->empty()) return std::nullopt;
    if (number > max_fields) {
      return CodecError{CodecFault::kTooManyFields, "more than " + std::to_string(max_fields) + " header fields"};
    }
    if (MaybeError error = parse_field(*line, number, fields)) return error;
  }
}

MaybeError take_content_length(std::vector<HeaderField>& fields, std::optional<std::uint64_t>& length) {
  length.reset();
  MaybeError error;
  std::erase_if(fields, [&](const HeaderField& field) {
    if (error || !equals_ignoring_case(field.name, "content-length")) return false;
    const std::optional<std::uint64_t> value = parse_length(field.value);
    if (!value) {
      error = CodecError{CodecFault::kBadContentLength, "Content-Length is not a single decimal number below 2^63"};
    } else if (length && *length != *value) {
      error = CodecError{CodecFault::kConflictingLength, "there are several Content-Length fields that differ"};
    }
    const bool repeated = length.has_value();
    length = value;
    return repeated;
  });
  return error;
}

std::optional<unsigned> parse_status_code(std::string_view text) noexcept {
  if (text.size() < 3) return std::nullopt;
  unsigned code = 0;
  for (const char c : text.substr(0, 3)) {
    if (c < '0' || c > '9') return std::nullopt;
    code = code * 10 + static_cast<unsigned>(c - '0');
  }
  if (code < 100) return std::nullopt;
  return code;
}

}  // namespace zoo::module
