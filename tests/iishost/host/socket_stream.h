// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <winsock2.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace iishost {

/// A client's connection with blocking operations.
class SocketStream {
 public:
  explicit SocketStream(SOCKET socket);
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;
  ~SocketStream();

  bool is_open() const { return socket_ != INVALID_SOCKET; }
  /// A header block with its empty line; "" when the client is gone.
  std::string read_head();
  /// A line without its end.
  std::string read_line();
  /// At least one byte and at most `size`; 0 at the end.
  std::size_t read_some(char* out, std::size_t size);
  bool write_all(std::string_view data);
  /// Is there something to be read, or the end, within so many milliseconds?
  bool readable_within(unsigned milliseconds);

  /// Waits a little; true when the client has closed. Reads nothing.
  bool closed_within(unsigned milliseconds);
  /// Ends the connection so that the client sees a failure.
  void reset();
  void shut_down();
  sockaddr_in local_address() const;
  sockaddr_in remote_address() const;

 private:
  bool fill();

  SOCKET socket_;
  std::string buffer_;
};

}  // namespace iishost
