// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/socket_stream.h"

#include <ws2tcpip.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace iishost {
namespace {

constexpr std::size_t kLargestHead = 65536;

template <typename Address>
sockaddr* as_sockaddr(Address& address) {
  return static_cast<sockaddr*>(static_cast<void*>(&address));
}

// A client that is gone is nothing unusual; whatever else goes wrong with a socket would look like it.
void report_failure(int result) {
  if (result != SOCKET_ERROR) return;
  const int error = ::WSAGetLastError();
  if (error == WSAECONNRESET || error == WSAECONNABORTED) return;
  std::fprintf(stderr, "iishost: recv: error %d\n", error);
}

}  // namespace

// Head and body are written one after the other: the second must not wait until the first is acknowledged.
SocketStream::SocketStream(SOCKET socket) : socket_(socket) {
  const BOOL on = TRUE;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, static_cast<const char*>(static_cast<const void*>(&on)), sizeof(on));
}

SocketStream::~SocketStream() {
  if (is_open()) ::closesocket(socket_);
}

bool SocketStream::fill() {
  std::array<char, 16384> piece;
  const int count = ::recv(socket_, piece.data(), static_cast<int>(piece.size()), 0);
  report_failure(count);
  if (count <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

std::string SocketStream::read_head() {
  std::size_t end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (buffer_.size() > kLargestHead || !fill()) return {};
    end = buffer_.find("\r\n\r\n");
  }
  std::string head = buffer_.substr(0, end + 4);
  buffer_.erase(0, end + 4);
  return head;
}

std::string SocketStream::read_line() {
  std::size_t end = buffer_.find("\r\n");
  while (end == std::string::npos) {
    if (buffer_.size() > kLargestHead || !fill()) return {};
    end = buffer_.find("\r\n");
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

std::size_t SocketStream::read_some(char* out, std::size_t size) {
  if (buffer_.empty()) {
    const int count = ::recv(socket_, out, static_cast<int>(std::min<std::size_t>(size, 1 << 20)), 0);
    report_failure(count);
    return count <= 0 ? 0 : static_cast<std::size_t>(count);
  }
  const std::size_t count = std::min(size, buffer_.size());
  buffer_.copy(out, count);
  buffer_.erase(0, count);
  return count;
}

bool SocketStream::write_all(std::string_view data) {
  while (!data.empty()) {
    const int count = ::send(socket_, data.data(), static_cast<int>(std::min<std::size_t>(data.size(), 1 << 20)), 0);
    if (count <= 0) return false;
    data.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool SocketStream::readable_within(unsigned milliseconds) {
  if (!buffer_.empty()) return true;
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET(socket_, &readable);
  timeval wait{0, static_cast<long>(milliseconds) * 1000};
  return ::select(0, &readable, nullptr, nullptr, &wait) > 0;
}

bool SocketStream::closed_within(unsigned milliseconds) {
  if (!buffer_.empty()) return false;  // the next request waits already
  if (!readable_within(milliseconds)) return false;
  char byte = 0;
  const int count = ::recv(socket_, &byte, 1, MSG_PEEK);
  if (count > 0) ::Sleep(milliseconds);  // the next request waits already
  return count <= 0;
}

void SocketStream::reset() {
  const linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, static_cast<const char*>(static_cast<const void*>(&now)), sizeof(now));
}

void SocketStream::shut_down() {
  ::shutdown(socket_, SD_SEND);
}

sockaddr_in SocketStream::local_address() const {
  sockaddr_in address{};
  int size = sizeof(address);
  ::getsockname(socket_, as_sockaddr(address), &size);
  return address;
}

sockaddr_in SocketStream::remote_address() const {
  sockaddr_in address{};
  int size = sizeof(address);
  ::getpeername(socket_, as_sockaddr(address), &size);
  return address;
}

}  // namespace iishost
