// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "module/host/http_connection.h"
#include "module/host/http_request.h"
#include "module/host/route.h"
#include "module/posix/body_store.h"

namespace zoo::module {

/// What a connection needs while bytes of a request or of its response are about; lent by the server and reused.
struct HttpConnection::Active {
  std::string input;        ///< Received and not yet used.
  std::size_t scanned = 0;  ///< So much of it has no head's end.
  HttpRequest request;
  Route route;
  std::shared_ptr<Router> router;  ///< Keeps what `route` points to.
  CgiRequest cgi;
  std::string remote_address;
  std::string server_name;
  BodyStore body;
  std::uint64_t body_left = 0;
  std::unique_ptr<ChunkedReader> chunks;
  std::string decoded;

  std::string output;
  std::size_t sent = 0;
  unsigned status = 0;
  std::uint64_t body_sent = 0;
  std::optional<std::uint64_t> declared;  ///< The response's Content-Length.
  bool no_body = false;
  bool chunked = false;
  bool keep_alive = true;
  bool complete = false;  ///< All of the response is in `output` (and `file`).
  bool paused = false;
  int file = -1;
  std::uint64_t file_offset = 0;
  std::uint64_t file_left = 0;
  TimePoint begun{};

  ~Active();
  /// Makes it ready for the next request; `input` stays.
  void reset() noexcept;
};

}  // namespace zoo::module
