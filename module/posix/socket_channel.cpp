// SPDX-License-Identifier: Apache-2.0
#include "module/posix/socket_channel.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace zoo::module {
namespace {

constexpr int kReadsInARow = 4;  // then others get their turn
constexpr std::size_t kKeepCapacity = 256U << 10U;

}  // namespace

SocketChannel::SocketChannel(EventLoop& loop, int fd, Start start, ChannelEvents& events)
    : loop_(loop), descriptor_(loop, fd, *this), events_(events), connecting_(start == Start::kConnecting) {
  if (connecting_) {
    descriptor_.want_write();
  } else {
    flush_later(loop_.flushes());  // on_channel_open() comes after the constructor
  }
}

SocketChannel::~SocketChannel() = default;

void SocketChannel::written_to() {
  if (open_ && !blocked_ && !closed_) flush_later(loop_.flushes());
}

void SocketChannel::set_reading(bool reading) {
  reading_ = reading;
  if (reading && open_ && !closed_) descriptor_.want_read();
}

void SocketChannel::on_readable() {
  if (!reading_ || closed_) return;
  const std::weak_ptr<char> alive = token_;
  for (int round = 0; round < kReadsInARow && reading_ && !closed_; ++round) {
    const auto scratch = loop_.scratch();
    const ssize_t count = ::recv(descriptor_.fd(), scratch.data(), scratch.size(), 0);
    if (count > 0) {
      events_.on_channel_data({scratch.data(), static_cast<std::size_t>(count)});
      if (alive.expired()) return;
      if (static_cast<std::size_t>(count) < scratch.size()) break;
    } else if (count == 0) {
      close("the worker has closed the connection");
      return;
    } else if (errno == EAGAIN || errno == EINTR) {
      break;
    } else {
      close(std::string("the connection to the worker failed: ") + std::strerror(errno));
      return;
    }
  }
  if (reading_ && !closed_) descriptor_.want_read();
}

void SocketChannel::close(std::string_view reason) {
  if (closed_) return;
  closed_ = true;
  events_.on_channel_closed(reason);
}

void SocketChannel::on_writable() {
  blocked_ = false;
  if (closed_) return;
  if (connecting_) {
    finish_connecting();
  } else {
    flush();
  }
}

void SocketChannel::finish_connecting() {
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(descriptor_.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    close(std::string("cannot connect to the worker: ") + std::strerror(error));
    return;
  }
  connecting_ = false;
  flush();
}

void SocketChannel::flush() {
  if (closed_ || connecting_) return;
  const std::weak_ptr<char> alive = token_;
  if (!open_) {
    open_ = true;
    descriptor_.want_read();
    events_.on_channel_open();
  }
  if (!alive.expired() && !blocked_ && pending() != 0 && write_out()) events_.on_channel_drained();
}

// True when everything is written. A failure shows when reading: what the worker has said before it left comes first.
bool SocketChannel::write_out() {
  while (sent_ < output_.size()) {
    const ssize_t count = ::send(descriptor_.fd(), output_.data() + sent_, output_.size() - sent_, MSG_NOSIGNAL);
    if (count > 0) {
      sent_ += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      blocked_ = true;
      descriptor_.want_write();
      return false;
    } else if (errno != EINTR) {
      output_.clear();
      sent_ = 0;
      return false;
    }
  }
  sent_ = 0;
  if (output_.capacity() > kKeepCapacity) {
    std::string().swap(output_);
  } else {
    output_.clear();
  }
  return true;
}

}  // namespace zoo::module
