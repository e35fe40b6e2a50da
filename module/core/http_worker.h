// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/forwarded_headers.h"
#include "module/core/http1_client.h"
#include "module/core/worker.h"

namespace zoo::module {

struct HttpWorkerOptions {
  std::size_t max_connections = 64;  ///< Requests that it gets at once.
  std::string physical_path;         ///< The application's, for X-Zoo-Appl-Physical-Path.
  std::string virtual_path;          ///< "/" or "/blog"
  std::string proxy_pass;            ///< What virtual_path becomes in the request's target; empty: it stays.
  std::string substitute_host;       ///< Host field; empty: the client's.
  Http1Limits limits;
};

/// The target for a worker: `to` stands where the application's path was. A target that begins otherwise (because the
/// client has encoded characters that need not be, or in absolute form) stays.
std::string proxied_target(std::string_view target, std::string_view virtual_path, std::string_view to);

/// A worker that is an HTTP server on a port of its own. It gets several requests at once, each on a connection, which
/// is kept. WebSocket and other upgrades pass through: they last as long as their clients like, so they take no room
/// and keep no worker from being replaced.
class HttpWorker final : public Worker {
 public:
  HttpWorker(WorkerOwner& owner, const Clock& clock, HttpWorkerOptions options);
  ~HttpWorker() override;

  void attach(std::unique_ptr<WorkerProcess> process) override;
  void send(Exchange& exchange) override;
  Exchange* take_back() override { return nullptr; }
  std::size_t capacity(std::size_t) const override { return options_.max_connections; }
  WorkerLoad load() const override;
  void abandon(ExchangeFailure kind, std::string_view text) override;
  void tick(TimePoint now) override;

  void release(Exchange& exchange) override;
  void set_paused(Exchange& exchange, bool paused) override;
  bool send_tunnel(Exchange& exchange, std::string_view data) override;

  void on_process_exit(std::string_view how) override;

 private:
  class Link;

  void connect_first();
  void become_ready();
  Link* find(const Exchange& exchange);
  Link& idle_link();
  void end_if_done();
  std::string why_closed(std::string_view text) const;
  void send_again(Exchange& exchange);
  void lose(ExchangeFailure kind, std::string_view text);

  HttpWorkerOptions options_;
  ForwardedHeaders forwarded_;
  std::vector<HeaderField> fields_;
  std::vector<std::unique_ptr<Link>> links_;
  std::vector<std::unique_ptr<Link>> closed_;  // destroyed outside of their callbacks
  TimePoint last_event_{};
  std::string ended_;  // not empty: how the process has ended; what it has sent before is still read
};

}  // namespace zoo::module
