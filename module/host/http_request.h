// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/header_field.h"

namespace zoo::module {

/// The head of a client's request. Reusable: after the first requests parsing allocates nothing. All views point into
/// the object.
struct HttpRequest {
  std::string head;  ///< The bytes of it, with the empty line.
  std::string_view method;
  std::string_view target;  ///< Path and query as they were sent; an absolute URI is reduced to them.
  std::string_view raw_path;
  std::string_view query;
  std::string path;  ///< Decoded, without dot segments, '\' as '/'; begins with '/'.
  std::string_view host;
  std::string_view upgrade;  ///< Not empty if Connection names it.
  std::vector<HeaderField> fields;
  std::optional<std::uint64_t> content_length;
  unsigned minor_version = 1;
  std::uint16_t local_port = 0;     ///< Where it has arrived.
  std::string_view remote_address;  ///< The visitor's; set by whoever has the connection.
  bool chunked = false;
  bool keep_alive = true;
  bool expect_continue = false;

  bool has_body() const noexcept { return chunked || content_length.value_or(0) != 0; }
  void clear() noexcept;
};

/// Parses a complete head, which `request.head` holds. Returns 0, or the status to refuse it with (400, 501, 505).
/// Everything that two readers could understand differently is refused.
int parse_request_head(HttpRequest& request);

/// Where the first head in `input` ends (behind its empty line); npos if it does not yet. `from`: what was searched
/// before.
std::size_t find_head_end(std::string_view input, std::size_t from) noexcept;

/// Decodes percent signs once, makes '\' a '/', resolves "." and "..". False: the path has a bad escape, a control
/// character, or leaves the root.
bool normalize_path(std::string_view raw, std::string& path);

/// Decodes a body in chunks.
class ChunkedReader {
 public:
  enum class State { kMore, kDone, kBad };

  ChunkedReader();
  ~ChunkedReader();
  ChunkedReader(const ChunkedReader&) = delete;
  ChunkedReader& operator=(const ChunkedReader&) = delete;

  /// Takes bytes off the front of `input`, as many as are of use, and appends what they mean to `out`.
  State read(std::string_view& input, std::string& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoo::module
