// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "module/core/clock.h"
#include "module/core/exchange.h"
#include "module/core/worker_process.h"

namespace zoo::module {

class Worker;

/// What a worker tells its pool. The pool must not destroy the worker inside these calls.
class WorkerOwner {
 public:
  WorkerOwner() = default;
  WorkerOwner(const WorkerOwner&) = delete;
  WorkerOwner& operator=(const WorkerOwner&) = delete;
  virtual ~WorkerOwner() = default;

  /// It has shown that it can serve.
  virtual void on_worker_ready(Worker& worker) = 0;
  /// It has room for another request.
  virtual void on_worker_freed(Worker& worker) = 0;
  /// The exchange had not begun: it needs another worker.
  virtual void on_exchange_returned(Worker& worker, Exchange& exchange) = 0;
  /// Text that the worker's application has written for the log, in whole lines where it comes in such.
  virtual void on_worker_said(Worker& worker, std::string_view text) = 0;
  /// It serves nothing any more; none of its exchanges is left. `how` is for a log.
  virtual void on_worker_gone(Worker& worker, std::string_view how) = 0;
};

/// What a pool does with a worker that was just found to be idle or slow, depends on these figures.
struct WorkerLoad {
  std::size_t requests = 0;     ///< Sent and not yet ended, those included that were given up.
  TimePoint running_since{};    ///< When the first of them was begun, as far as can be seen from here.
  TimePoint active_since{};     ///< When it last got a request or sent something; that of an idle one is its last end.
  Duration service_time{};      ///< Mean of the last requests; 0 before the first has ended.
  bool output_blocked = false;  ///< The client of the first request reads too slowly.
  std::size_t tunnels = 0;      ///< Upgraded connections; they are not among the requests.
};

/// A running worker process and the requests that it has been given. Protocols derive from it.
class Worker : public LeaseHolder, public ProcessEvents {
 public:
  enum class State { kStarting, kReady, kGone };

  Worker(WorkerOwner& owner, const Clock& clock) : owner_(owner), clock_(clock), started_(clock.now()) {}

  /// Takes the process that was launched with this worker as its events, and connects to it.
  virtual void attach(std::unique_ptr<WorkerProcess> process) = 0;
  /// Hands a request over. The worker must be ready and have room.
  virtual void send(Exchange& exchange) = 0;
  /// Takes back a request that has not begun, if there is one, and returns it.
  virtual Exchange* take_back() = 0;
  /// How many requests it may have at once: `ahead` counts with those that take them one after the other.
  virtual std::size_t capacity(std::size_t ahead) const = 0;
  virtual WorkerLoad load() const = 0;
  /// Everything that runs on it fails with `kind`; then it is gone.
  virtual void abandon(ExchangeFailure kind, std::string_view text) = 0;
  /// Called at times: for connections to be tried again.
  virtual void tick(TimePoint now) = 0;

  State state() const noexcept { return state_; }
  TimePoint started() const noexcept { return started_; }
  std::uint64_t served() const noexcept { return served_; }
  WorkerProcess* process() noexcept { return process_.get(); }
  /// The end of what it has said, by its protocol or on its standard error.
  virtual std::string recent_errors() const { return process_ ? process_->recent_errors() : std::string(); }

  /// Its connection has closed by itself: it is ending, and nobody has asked it to.
  bool lost = false;

  /// The pool's own marks: it has served or could; it gets no further requests; when it was asked to end.
  bool was_ready = false;
  bool retiring = false;
  TimePoint stop_asked{};

 protected:
  FailureInfo failure(ExchangeFailure kind, std::string_view text) const {
    return {kind, std::string(text), recent_errors(), 0};
  }

  WorkerOwner& owner_;
  const Clock& clock_;
  State state_ = State::kStarting;
  TimePoint started_;
  std::uint64_t served_ = 0;
  std::unique_ptr<WorkerProcess> process_;
};

}  // namespace zoo::module
