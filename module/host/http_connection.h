// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "module/core/exchange.h"
#include "module/host/http_request.h"
#include "module/host/route.h"
#include "module/posix/body_store.h"
#include "module/posix/event_loop.h"

namespace zoo::module {

class Server;

/// A client's address, as small as it gets: an IPv4 one is kept in its IPv6 form.
struct ClientAddress {
  std::array<unsigned char, 16> bytes{};
  std::uint16_t port = 0;
  bool v4 = false;

  std::string text() const;
  bool loopback() const noexcept;
};

/// One client connection; while a request runs, also its exchange. An idle connection holds no buffer: what a request
/// needs is lent to it by the server.
class HttpConnection final : public Exchange, private ReadyEvents, private Flushable {
 public:
  struct Active;

  /// `listener`: the number of the server's address where it has come in.
  HttpConnection(Server& server, int fd, const ClientAddress& address, std::uint8_t listener);
  ~HttpConnection() override;

  void start() { descriptor_.want_read(); }
  /// Ends it now if it is idle, otherwise after its request.
  void drain();
  /// Whether it may be ended for having been silent.
  bool expired(TimePoint now) const;
  void close();

  // Exchange
  const CgiRequest& request() override;
  BodySource* body() override;
  bool may_repeat() const override;
  std::string_view upgrade() const override;
  void on_head(const ResponseHead& head) override;
  void on_body(std::string_view data) override;
  void on_end(bool complete) override;
  void on_failure(const FailureInfo& failure) override;
  void on_tunnel_writable() override;

  /// The server's list of all connections.
  HttpConnection* previous = nullptr;
  HttpConnection* next = nullptr;
  TimePoint last_activity{};

 private:
  enum class Phase : std::uint8_t { kIdle, kHead, kBody, kWaiting, kTunnel, kLinger, kClosed };

  void on_readable() override;
  void on_writable() override;
  void flush() override;

  void take(std::string_view data);
  void take_head(std::string_view data);
  void take_body(std::string_view data);
  void take_waiting(std::string_view data);
  void client_gone();

  void begin_request();
  void follow_route();
  bool check_body_size();
  void begin_body();
  void dispatch();
  void fill_cgi();
  void serve_file();
  void redirect();
  void answer_error(unsigned status, std::string_view text);
  void write_error(unsigned status, std::string_view text, const FailureInfo* failure);
  bool write_custom_error(unsigned status, std::string_view text, const FailureInfo* failure);

  void begin_head(unsigned status, std::string_view reason);
  void add_field(std::string_view name, std::string_view value);
  void finish_head(std::optional<std::uint64_t> length);
  void write_large(std::string_view data);
  void add_framed(std::string_view data);
  void end_response(bool complete);
  void check_pressure();
  bool write_out();
  bool send_file();
  void finish_request();
  bool is_local() const;
  void reset_connection();

  Server& server_;
  Descriptor descriptor_;
  std::unique_ptr<Active> active_;
  ClientAddress address_;
  Phase phase_ = Phase::kIdle;
  std::uint8_t listener_;
  bool blocked_ = false;  // the socket takes no more for now
};

}  // namespace zoo::module
