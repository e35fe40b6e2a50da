// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "module/host/http_request.h"

namespace zoo::module {

/// The answer to a request for a file.
struct FileResponse {
  unsigned status = 404;
  std::string headers;       ///< Complete lines, without those of the connection and without Content-Length.
  std::uint64_t length = 0;  ///< Of the body; what a HEAD announces as well.
  std::uint64_t offset = 0;  ///< Where in the file it begins.
  int file = -1;             ///< Open if there is a body to send; the caller closes it.
};

/// Opens `path` and decides what to send of it: whole, a range (RFC 9110 section 14), or nothing because the client's
/// copy is fresh (section 13). Only GET and HEAD; other methods get 405.
FileResponse open_static_file(const HttpRequest& request, const std::string& path, std::string_view content_type);

/// IMF-fixdate (RFC 9110 section 5.6.7).
std::string http_date(std::int64_t seconds);
/// Seconds since 1970 of an IMF-fixdate; -1 if it is none.
std::int64_t parse_http_date(std::string_view text);

/// Reads a file of at most 1 MiB. False: it is larger, or cannot be read.
bool read_small_file(const std::string& path, std::string& text);

}  // namespace zoo::module
