// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The header fields of an HTTP answer that a download needs, and URLs for messages. Section numbers: RFC 9110.
namespace zoo {

/// Content-Range (14.4): `bytes first-last/total`.
struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::optional<std::uint64_t> total;  ///< Absent: "*".
};

/// What tells one version of a resource from another (8.8).
struct Validator {
  std::string etag;      ///< As sent, quotes and W/ included.
  std::string modified;  ///< Last-Modified as sent.
  bool operator==(const Validator&) const = default;
  /// Proves equality of bytes (8.8.1); a weak one ("W/") proves equality of meaning only.
  bool strong_etag() const;
};

struct HttpAnswer {
  unsigned status = 0;  ///< 0 before the status line, and for file: URLs.
  bool http1 = true;    ///< HTTP/1.x: without a length or chunks, a body ends by closing.
  bool chunked = false;
  std::optional<std::uint64_t> content_length;
  std::string content_range;
  std::string content_type;  ///< Lower case, without parameters.
  std::string content_encoding;
  std::string date;
  Validator validator;

  /// One line of the head, with or without its line end; a status line starts anew (1xx answers come first).
  void add_line(std::string_view line);
};

/// Nothing for a malformed field or an unsatisfied range (`bytes */10`).
std::optional<ContentRange> parse_content_range(std::string_view value);
/// Digits only, below 2^64.
std::optional<std::uint64_t> parse_decimal(std::string_view text);
std::string ascii_lower(std::string_view text);

/// Without user name and password, control characters as %XX: fit for messages and logs.
std::string shown_url(std::string_view url);
/// Scheme in lower case, without colon; "" when the text does not begin with one.
std::string url_scheme(std::string_view url);
/// The last part of the path, without query and fragment: "setup.exe"; may be empty.
std::string url_file_name(std::string_view url);

}  // namespace zoo
