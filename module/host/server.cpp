// SPDX-License-Identifier: Apache-2.0
#include "module/host/server.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "module/host/active_request.h"
#include "module/host/static_file.h"

namespace zoo::module {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsInARow = 64;
constexpr std::size_t kSpare = 256;

struct Listening {
  int fd = -1;
  std::string error;
};

Listening listen_on(const std::string& address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found)) {
    return {-1, ::gai_strerror(error)};
  }
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // accepted sockets inherit it
  const bool done = fd >= 0 && ::bind(fd, found->ai_addr, found->ai_addrlen) == 0 && ::listen(fd, kBacklog) == 0;
  const int error = errno;
  ::freeaddrinfo(found);
  if (done) return {fd, {}};
  if (fd >= 0) ::close(fd);
  return {-1, std::strerror(error)};
}

ClientAddress client_address(const sockaddr_storage& storage) {
  ClientAddress address;
  const void* raw = &storage;
  if (storage.ss_family == AF_INET) {
    const auto* v4 = static_cast<const sockaddr_in*>(raw);
    std::memcpy(address.bytes.data() + 12, &v4->sin_addr, 4);
    address.port = ntohs(v4->sin_port);
    address.v4 = true;
  } else {
    const auto* v6 = static_cast<const sockaddr_in6*>(raw);
    std::memcpy(address.bytes.data(), &v6->sin6_addr, 16);
    address.port = ntohs(v6->sin6_port);
    address.v4 = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
  }
  return address;
}

}  // namespace

Server::Server(EventLoop& loop, const ServerSettings& settings)
    : loop_(loop), settings_(settings), batch_time_(std::chrono::steady_clock::now()) {}

Server::~Server() {
  for (HttpConnection* connection = oldest_; connection != nullptr; connection = oldest_) connection->close();
  collect();
}

/// One address that is listened on.
class Server::Listener final : private ReadyEvents {
 public:
  Listener(Server& server, int fd, std::uint8_t number)
      : server_(server), descriptor_(server.loop_, fd, *this), number_(number) {
    descriptor_.want_read();
  }

 private:
  void on_readable() override {
    for (int i = 0; i < kAcceptsInARow && server_.accept_one(descriptor_.fd(), number_); ++i) {
    }
    descriptor_.want_read();
  }
  void on_writable() override {}

  Server& server_;
  Descriptor descriptor_;
  std::uint8_t number_;
};

bool Server::listen(const ListenAddress& address, std::string& error) {
  const Listening listening = addresses_.size() < 255 ? listen_on(address.host, address.port)
                                                      : Listening{-1, "there are 255 addresses already"};
  if (listening.fd < 0) {
    error = "cannot listen on " + address.host + ":" + std::to_string(address.port) + ": " + listening.error;
    return false;
  }
  sockaddr_storage own{};
  socklen_t size = sizeof(own);
  void* raw = &own;
  ::getsockname(listening.fd, static_cast<sockaddr*>(raw), &size);
  const auto number = static_cast<std::uint8_t>(addresses_.size());
  addresses_.push_back({address.host, client_address(own).port});
  listeners_.push_back(std::make_unique<Listener>(*this, listening.fd, number));
  return true;
}

bool Server::accept_one(int listening, std::uint8_t listener) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  void* raw = &peer;
  const int fd = ::accept4(listening, static_cast<sockaddr*>(raw), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return false;
  if (count_ >= settings_.max_connections) {
    ::close(fd);
    return true;
  }
  auto connection = std::make_unique<HttpConnection>(*this, fd, client_address(peer), listener);
  HttpConnection& added = *connection.release();  // owned by the list
  added.last_activity = batch_time_;
  link_last(added);
  ++count_;
  added.start();
  return true;
}

void Server::link_last(HttpConnection& connection) {
  connection.previous = newest_;
  connection.next = nullptr;
  (newest_ != nullptr ? newest_->next : oldest_) = &connection;
  newest_ = &connection;
}

void Server::unlink(HttpConnection& connection) {
  (connection.previous != nullptr ? connection.previous->next : oldest_) = connection.next;
  (connection.next != nullptr ? connection.next->previous : newest_) = connection.previous;
}

void Server::touch(HttpConnection& connection) {
  connection.last_activity = batch_time_;
  if (newest_ == &connection) return;
  unlink(connection);
  link_last(connection);
}

void Server::remove(HttpConnection& connection) {
  unlink(connection);
  --count_;
  removed_.push_back(&connection);
}

void Server::collect() {
  batch_time_ = std::chrono::steady_clock::now();
  // NOLINTNEXTLINE(modernize-loop-convert): their destructors may remove others
  for (std::size_t i = 0; i < removed_.size(); ++i) delete removed_[i];
  removed_.clear();
}

// The list is in the order of activity, so that only its beginning is looked at.
void Server::check_timeouts() {
  access_log_.flush();
  HttpConnection* connection = oldest_;
  while (connection != nullptr && batch_time_ - connection->last_activity > settings_.linger_timeout) {
    HttpConnection* following = connection->next;
    if (connection->expired(batch_time_)) connection->close();
    connection = following;
  }
}

void Server::drain() {
  draining_ = true;
  listeners_.clear();
  HttpConnection* connection = oldest_;
  while (connection != nullptr) {
    HttpConnection* following = connection->next;
    connection->drain();
    connection = following;
  }
}

std::string_view Server::date_line() {
  const std::int64_t now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    date_line_ = "Date: " + http_date(now) + "\r\n";
  }
  return date_line_;
}

std::unique_ptr<HttpConnection::Active> Server::take_active() {
  if (spare_.empty()) return std::make_unique<HttpConnection::Active>();
  std::unique_ptr<HttpConnection::Active> active = std::move(spare_.back());
  spare_.pop_back();
  return active;
}

void Server::give_back(std::unique_ptr<HttpConnection::Active> active) {
  active->reset();
  std::string().swap(active->input);  // what one client has sent must never reach another one's request
  if (spare_.size() < kSpare) spare_.push_back(std::move(active));
}

}  // namespace zoo::module
