// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/cgi_environment.h"
#include "module/core/fastcgi.h"
#include "module/core/worker.h"

namespace zoo::module {

struct FastCgiWorkerOptions {
  /// One of our own workers: requests sent ahead are taken one after the other, an abort takes one back that has not
  /// begun, and it answers FCGI_GET_VALUES as soon as its application is loaded.
  bool takes_requests_ahead = true;
  bool opens_port = false;  ///< It listens itself (transport tcp): connections are refused while it starts.
  HeaderLimits limits;
};

/// A worker that speaks FastCGI on one kept connection, one request after the other.
class FastCgiWorker final : public Worker, private FastCgiEvents, private ChannelEvents {
 public:
  FastCgiWorker(WorkerOwner& owner, const Clock& clock, const FastCgiWorkerOptions& options)
      : Worker(owner, clock), options_(options), decoder_(options.limits) {}

  void attach(std::unique_ptr<WorkerProcess> process) override;
  void send(Exchange& exchange) override;
  Exchange* take_back() override;
  std::size_t capacity(std::size_t ahead) const override;
  WorkerLoad load() const override;
  void abandon(ExchangeFailure kind, std::string_view text) override;
  void tick(TimePoint now) override;

  void release(Exchange& exchange) override;
  void set_paused(Exchange& exchange, bool paused) override;
  bool send_tunnel(Exchange&, std::string_view) override { return true; }

  void on_process_exit(std::string_view how) override;
  std::string recent_errors() const override;

 private:
  struct Ticket {
    Exchange* exchange = nullptr;  // null: given up; what still comes for it is dropped
    std::uint16_t id = 0;
    bool head_seen = false;
    bool failed = false;
    TimePoint sent{};
  };

  void on_head(std::uint16_t id, const CgiResponseHead& head) override;
  void on_body(std::uint16_t id, std::string_view data) override;
  void on_stderr(std::uint16_t id, std::string_view data) override;
  void on_request_error(std::uint16_t id, const CodecError& error) override;
  void on_end(std::uint16_t id, const FastCgiEnd& end) override;
  void on_value(std::string_view, std::string_view) override {}
  void on_values_end() override;
  void on_unknown_type(std::uint8_t type) override;
  void on_connection_error(const CodecError& error) override;

  void on_channel_open() override;
  void on_channel_data(std::string_view data) override;
  void on_channel_drained() override;
  void on_channel_closed(std::string_view reason) override;

  void tell_said(std::size_t size);
  bool connect();
  bool may_connect_later() const;
  bool unread() const noexcept;
  void become_ready();
  Ticket* find(std::uint16_t id) noexcept;
  Ticket* find(const Exchange& exchange) noexcept;
  std::uint16_t free_id() const noexcept;
  void write_request(Exchange& exchange, std::uint16_t id);
  void pump_body();
  void lose_body();
  void settle(Ticket ticket, const FastCgiEnd& end);
  void measure(TimePoint now, TimePoint sent);
  void lose(ExchangeFailure kind, std::string_view text, bool none_has_begun = false);

  FastCgiWorkerOptions options_;
  FastCgiDecoder decoder_;
  std::unique_ptr<WorkerChannel> channel_;
  CgiEnvironment environment_;
  std::vector<Ticket> tickets_;  // in the order in which they were sent, which is that in which they are served
  TimePoint last_event_{};
  TimePoint last_end_{};
  Duration service_time_{};
  Duration batch_took_{};  // of the answers that arrived with the last one
  int batch_ends_ = 0;
  Duration time_before_batch_{};
  bool paused_ = false;
  BodySource* body_ = nullptr;  // of the last ticket, while it is being sent
  std::uint64_t body_offset_ = 0;
  std::string piece_;
  std::string closed_reason_;  // not empty: the connection is closed, or the process has ended; the other is awaited
  TimePoint closed_at_{};
  bool ended_ = false;  // the process
  std::string saying_;  // FCGI_STDERR of the request that runs, as far as it is no whole line
  std::string said_;    // the end of all of it
};

}  // namespace zoo::module
