// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "module/core/cgi_environment.h"
#include "module/core/header_field.h"

/// One request on its way through the bridge. A front end derives from Exchange, submits it to a WorkerPool and gets
/// the response through the virtual functions. Everything about one pool happens on one thread.
namespace zoo::module {

/// A request's body, received completely: in memory or in a file.
class BodySource {
 public:
  BodySource() = default;
  BodySource(const BodySource&) = delete;
  BodySource& operator=(const BodySource&) = delete;
  virtual ~BodySource() = default;

  virtual std::uint64_t size() const = 0;
  /// Fills `out` from `offset` on, as far as the body goes. Fewer bytes than that mean that reading has failed.
  virtual std::size_t read(std::uint64_t offset, std::span<char> out) = 0;
};

/// The head of a worker's response. Views are valid during the callback that hands it over.
struct ResponseHead {
  unsigned status = 200;
  std::string_view reason;                      ///< May be empty.
  std::optional<std::uint64_t> content_length;  ///< As announced by the worker.
  std::span<const HeaderField> fields;          ///< Hop-by-hop fields are not filtered.
};

/// Why there is no response.
enum class ExchangeFailure {
  kQueueFull,      ///< 503: more requests wait than may.
  kQueueTimeout,   ///< 503: no worker became free in time.
  kBackOff,        ///< 503: workers end at once when they are started; the next try is in `retry_after` seconds.
  kStopping,       ///< 503: the application is being stopped.
  kDeployFailed,   ///< 503: the deploy script has failed.
  kLaunchFailed,   ///< 502: the engine's program cannot be run, or ended before it served anything.
  kWorkerEnded,    ///< 502: the worker ended or closed the connection before a response.
  kBadResponse,    ///< 502: the worker's response is not a sound one.
  kWorkerTimeout,  ///< 504: no response within WORKER_REQUEST_TIMEOUT.
  kBodyLost,       ///< 500: the buffered request body cannot be read again.
  kConfiguration,  ///< 500: what is configured cannot work.
  kBadRequest,     ///< 400: the request cannot be passed on to this kind of worker.
};

/// The HTTP status that tells a client of it.
unsigned failure_status(ExchangeFailure kind) noexcept;

struct FailureInfo {
  ExchangeFailure kind = ExchangeFailure::kWorkerEnded;
  std::string text;           ///< One line for a log or a local visitor: what was tried and what was seen.
  std::string worker_errors;  ///< The end of what the worker has written to its standard error.
  unsigned retry_after = 0;   ///< Seconds; 0: unknown.
};

class Exchange;

/// Whoever an exchange waits for: a pool while it is queued, a worker afterwards.
class LeaseHolder {
 public:
  LeaseHolder() = default;
  LeaseHolder(const LeaseHolder&) = delete;
  LeaseHolder& operator=(const LeaseHolder&) = delete;
  virtual ~LeaseHolder() = default;

  /// The exchange is given up: no callback follows.
  virtual void release(Exchange& exchange) = 0;
  /// Stops or resumes the flow of the exchange's response.
  virtual void set_paused(Exchange& exchange, bool paused) = 0;
  /// Bytes for the worker on an upgraded connection. False: nothing more is taken until on_tunnel_writable().
  virtual bool send_tunnel(Exchange& exchange, std::string_view data) = 0;
};

/// An exchange's claim on a worker (or on a place in the queue). Move-only; giving it up aborts the exchange and frees
/// the worker.
class Lease {
 public:
  Lease() = default;
  Lease(LeaseHolder& holder, Exchange& exchange) noexcept : holder_(&holder), exchange_(&exchange) {}
  Lease(Lease&& other) noexcept : holder_(std::exchange(other.holder_, nullptr)), exchange_(other.exchange_) {}
  Lease& operator=(Lease&& other) noexcept {
    if (this != &other) {
      release();
      holder_ = std::exchange(other.holder_, nullptr);
      exchange_ = other.exchange_;
    }
    return *this;
  }
  ~Lease() { release(); }

  explicit operator bool() const noexcept { return holder_ != nullptr; }

  void release() {
    if (LeaseHolder* holder = std::exchange(holder_, nullptr)) holder->release(*exchange_);
  }
  void set_paused(bool paused) {
    if (holder_ != nullptr) holder_->set_paused(*exchange_, paused);
  }
  bool send_tunnel(std::string_view data) { return holder_ == nullptr || holder_->send_tunnel(*exchange_, data); }

  /// The holder's side: the claim is over, nobody needs to be told.
  void forget() noexcept { holder_ = nullptr; }

 private:
  LeaseHolder* holder_ = nullptr;
  Exchange* exchange_ = nullptr;
};

class Exchange {
 public:
  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  virtual ~Exchange() = default;

  /// The request as CGI sees it; asked for whenever the request is sent to a worker. The views live until the end.
  virtual const CgiRequest& request() = 0;
  /// Null: there is no body.
  virtual BodySource* body() = 0;
  /// The request is safe and has no body (GET, HEAD, OPTIONS): it may be handed to a busy worker ahead of time, and
  /// again to another one.
  virtual bool may_repeat() const = 0;
  /// Not empty: the protocols of the client's Upgrade field; only workers that speak HTTP get them.
  virtual std::string_view upgrade() const = 0;

  // The response. Exactly one of on_end() and on_failure() comes last; the exchange may be destroyed in either.
  virtual void on_head(const ResponseHead& head) = 0;
  virtual void on_body(std::string_view data) = 0;
  /// `complete`: the response is whole. Otherwise the worker was lost in the middle of it.
  virtual void on_end(bool complete) = 0;
  /// Nothing of a response has been handed over.
  virtual void on_failure(const FailureInfo& failure) = 0;
  /// After on_head() with status 101: the worker takes bytes again.
  virtual void on_tunnel_writable() = 0;

  /// Gives the exchange up; nothing is called afterwards.
  void cancel() { lease_.release(); }
  bool pending() const noexcept { return static_cast<bool>(lease_); }
  void set_paused(bool paused) { lease_.set_paused(paused); }
  bool send_tunnel(std::string_view data) { return lease_.send_tunnel(data); }

  /// For pools and workers.
  Lease& lease() noexcept { return lease_; }

 private:
  Lease lease_;
};

}  // namespace zoo::module
