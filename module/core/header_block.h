// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/codec_error.h"
#include "module/core/header_field.h"

namespace zoo::module {

struct HeaderLimits {
  std::size_t max_bytes = 65536;  ///< Of a whole header block with its line ends and its empty line.
  std::size_t max_fields = 200;
};

/// Finds the end of a header block (its empty line) in input that arrives in pieces.
/// A block that lies in one piece is not copied. Single-threaded.
class HeaderBlock {
 public:
  enum class State { kIncomplete, kComplete, kTooLarge };

  /// Takes bytes of the block off the front of `input`. After kComplete, `text()` is the block with its empty line and
  /// `input` starts behind it. The outcome does not depend on how the input is cut.
  State collect(std::string_view& input, std::size_t max_bytes);

  /// The complete block: a view into the last input or into this object; ends with either, or with clear().
  std::string_view text() const noexcept { return text_; }

  /// Whether bytes of an incomplete block are held.
  bool started() const noexcept { return !buffer_.empty(); }

  /// Forgets the block; keeps the memory for the next one.
  void clear() noexcept;

 private:
  std::size_t find_end(std::string_view window) noexcept;

  std::string buffer_;
  std::string_view text_;
  std::size_t line_start_ = 0;
  std::size_t scanned_ = 0;
};

/// HTTP wants CRLF (RFC 9112 section 2.2 lets a recipient accept LF, which is where smuggling starts); CGI scripts
/// print either (RFC 3875 section 6.2 leaves the newline to the system).
enum class LineEnding { kCrLf, kLfOrCrLf };

/// Takes the first line, without its end, off `block`. Nothing if the line does not end as it must.
std::optional<std::string_view> take_line(std::string_view& block, LineEnding ending) noexcept;

/// Parses field lines up to and including the empty line. `fields` is replaced; its views point into `block`.
MaybeError parse_fields(std::string_view block, LineEnding ending, std::size_t max_fields,
                        std::vector<HeaderField>& fields);

/// Reads Content-Length into `length`, refuses invalid and differing ones, and removes repeats of the same value.
MaybeError take_content_length(std::vector<HeaderField>& fields, std::optional<std::uint64_t>& length);

/// Three digits from 100 to 999 at the start of `text`; nothing otherwise.
std::optional<unsigned> parse_status_code(std::string_view text) noexcept;

}  // namespace zoo::module
