// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/clock.h"
#include "module/core/exchange.h"
#include "module/core/worker.h"
#include "module/core/worker_process.h"

namespace zoo::module {

/// Numbers of 0 mean "no limit" unless said otherwise.
struct PoolSettings {
  std::size_t min_instances = 1;
  std::size_t max_instances = 1;  ///< At least 1; whoever reads the configuration turns 0 into the cores.
  std::size_t max_queue = 1000;   ///< Requests that may wait; one more gets 503.
  Duration queue_timeout = std::chrono::seconds(60);
  Duration request_timeout = std::chrono::seconds(60);  ///< Without anything from the worker.
  Duration start_timeout = std::chrono::seconds(90);
  Duration idle_timeout = std::chrono::seconds(300);   ///< Then all but min_instances end.
  Duration stop_timeout = std::chrono::seconds(15);    ///< From being asked to end to being killed.
  Duration time_limit{};                               ///< A worker's age at which it is replaced.
  std::uint64_t memory_limit = 0;                      ///< Bytes at which it is replaced.
  std::uint64_t request_limit = 0;                     ///< Requests after which it is replaced.
  std::size_t max_ahead = 16;                          ///< Most requests handed to one worker.
  Duration ahead_time = std::chrono::milliseconds(4);  ///< So much work, by its mean service time, is handed ahead.
};

enum class PoolEvent { kStarted, kReady, kEnded, kCrashed, kRecycled, kTimedOut, kStartFailed, kSaid };

/// The workers of one application and engine: starts them on demand, gives each request to one, and replaces them.
/// Single-threaded. Call tick() at least whenever next_check() has come, and collect() outside of all callbacks.
class WorkerPool final : private WorkerOwner, private LeaseHolder {
 public:
  /// Makes a worker of the engine's protocol.
  using WorkerFactory = std::function<std::unique_ptr<Worker>(WorkerOwner&)>;
  /// Told of everything that a log should know.
  using Listener = std::function<void(PoolEvent, int process, std::string_view text)>;

  struct Parts {
    const Clock& clock;
    WorkerLauncher& launcher;
    WorkerFactory make_worker;
    Listener listener;
  };

  WorkerPool(PoolSettings settings, LaunchSpec spec, Parts parts);
  ~WorkerPool() override;

  /// Sends the exchange to a worker, queues it, or fails it (then on_failure() has been called on return).
  void submit(Exchange& exchange);

  /// Starts the minimum of workers, which otherwise come with the first request.
  void start();
  /// Replaces all workers: the new ones take over before the old ones end, and no request is lost.
  void recycle(std::string_view why);
  /// Takes no further requests; those that wait or run are answered, then the workers end.
  void stop();
  bool stopped() const noexcept { return stopping_ && workers_.empty(); }

  void tick();
  TimePoint next_check() const;
  /// Destroys workers that have ended.
  void collect() { graveyard_.clear(); }

  std::size_t worker_count() const noexcept { return workers_.size(); }
  std::size_t queued() const noexcept { return queue_.size(); }
  const LaunchSpec& spec() const noexcept { return spec_; }

 private:
  struct Waiting {
    Exchange* exchange;
    TimePoint since;
  };

  void release(Exchange& exchange) override;
  void set_paused(Exchange&, bool) override {}
  bool send_tunnel(Exchange&, std::string_view) override { return true; }
  void on_worker_ready(Worker& worker) override;
  void on_worker_freed(Worker& worker) override;
  void on_exchange_returned(Worker& worker, Exchange& exchange) override;
  void on_worker_said(Worker& worker, std::string_view text) override { tell(PoolEvent::kSaid, &worker, text); }
  void on_worker_gone(Worker& worker, std::string_view how) override;

  Worker* choose(const Exchange& exchange);
  bool has_room_ahead(const Worker& worker, const WorkerLoad& load, TimePoint now) const;
  std::size_t ahead_limit(const WorkerLoad& load) const;
  bool is_slow(const WorkerLoad& load, TimePoint now) const;
  Duration patience(const WorkerLoad& load) const;
  void enqueue(Exchange& exchange, TimePoint now);
  void enqueue_first(Exchange& exchange);
  void dispatch_queue();
  void take_from_slow(TimePoint now);
  Worker* idle_worker();
  bool take_one(TimePoint now);

  void spawn_as_needed(TimePoint now);
  bool spawn(TimePoint now);
  void back_off(TimePoint now, std::string_view text, const std::string& errors);
  void note_start_failure(TimePoint now, std::string_view text, const std::string& errors);
  void fail_queue(const FailureInfo& failure);
  FailureInfo back_off_failure(TimePoint now) const;
  std::size_t live_workers() const;
  std::size_t starting_workers() const;

  void check_queue(TimePoint now);
  void check_worker(Worker& worker, TimePoint now);
  void check_limits(Worker& worker, TimePoint now);
  void check_idle(TimePoint now);
  void retire(Worker& worker, std::string_view why);
  void retire_replaced();
  void stop_if_empty(Worker& worker, TimePoint now);
  void tell(PoolEvent event, Worker* worker, std::string_view text) const;

  PoolSettings settings_;
  LaunchSpec spec_;
  Parts parts_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::unique_ptr<Worker>> graveyard_;
  std::vector<Worker*> to_replace_;  // serve until others are ready
  std::deque<Waiting> queue_;
  bool stopping_ = false;
  bool dispatching_ = false;
  unsigned start_failures_ = 0;
  TimePoint retry_at_{};
  FailureInfo last_failure_;
  TimePoint next_look_{};  // at workers' memory and age
};

}  // namespace zoo::module
