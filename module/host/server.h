// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/host/access_log.h"
#include "module/host/http_connection.h"
#include "module/host/route.h"
#include "module/posix/event_loop.h"

namespace zoo::module {

struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: a free one
};

struct ServerSettings {
  std::size_t max_connections = 60'000;
  Duration connection_timeout = std::chrono::seconds(120);  ///< Without a byte from or to the client.
  Duration linger_timeout = std::chrono::seconds(2);        ///< For a client that still sends after an error.
};

/// Accepts connections and serves them from a router that can be exchanged at any time.
class Server final {
 public:
  Server(EventLoop& loop, const ServerSettings& settings);
  ~Server();

  /// Listens on one more address, of at most 255. False, with the reason in `error`, if that cannot be.
  bool listen(const ListenAddress& address, std::string& error);
  /// By their numbers in the order of listen(); ports are those taken.
  const ListenAddress& address(std::size_t listener) const { return addresses_.at(listener); }
  const std::vector<ListenAddress>& addresses() const noexcept { return addresses_; }

  void set_router(std::shared_ptr<Router> router) { router_ = std::move(router); }
  /// Stops accepting; connections end after their current request.
  void drain();
  bool draining() const noexcept { return draining_; }
  std::size_t connection_count() const noexcept { return count_; }

  /// Once after each batch of events.
  void collect();
  /// About once a second: ends connections that have been silent for too long.
  void check_timeouts();

  AccessLog& access_log() noexcept { return access_log_; }

  // For connections.
  EventLoop& loop() noexcept { return loop_; }
  const ServerSettings& settings() const noexcept { return settings_; }
  const std::shared_ptr<Router>& router() const noexcept { return router_; }
  /// The time when this batch began: exact enough for time-outs.
  TimePoint batch_time() const noexcept { return batch_time_; }
  /// `Date: ...` and a line end.
  std::string_view date_line();
  std::unique_ptr<HttpConnection::Active> take_active();
  void give_back(std::unique_ptr<HttpConnection::Active> active);
  void touch(HttpConnection& connection);
  void remove(HttpConnection& connection);

 private:
  class Listener;

  bool accept_one(int listening, std::uint8_t listener);
  void link_last(HttpConnection& connection);
  void unlink(HttpConnection& connection);

  EventLoop& loop_;
  ServerSettings settings_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<ListenAddress> addresses_;
  std::shared_ptr<Router> router_;
  AccessLog access_log_;
  HttpConnection* oldest_ = nullptr;  // connections in the order of their last activity
  HttpConnection* newest_ = nullptr;
  std::size_t count_ = 0;
  std::vector<HttpConnection*> removed_;
  std::vector<std::unique_ptr<HttpConnection::Active>> spare_;
  TimePoint batch_time_;
  std::int64_t date_second_ = -1;
  std::string date_line_;
  bool draining_ = false;
};

}  // namespace zoo::module
