// SPDX-License-Identifier: Apache-2.0
#include "module/core/worker_pool.h"

#include <algorithm>
#include <utility>

namespace zoo::module {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kMinPatience = milliseconds(3);  // more than the time after which our workers look for aborts
constexpr int kPatience = 4;                        // mean service times after which a request counts as slow
constexpr Duration kBusyCheck = milliseconds(100);
constexpr Duration kIdleCheck = seconds(1);
constexpr Duration kFirstBackOff = milliseconds(250);
constexpr Duration kShortBackOff = seconds(1);  // requests may as well wait for so long
constexpr Duration kMaxBackOff = seconds(30);
constexpr unsigned kMaxDoublings = 7;
constexpr unsigned kRetryAfterQueue = 5;

std::string describe_start(std::string_view program, std::string_view how) {
  return "the worker " + std::string(program) + " ended before it could serve: " + std::string(how);
}

}  // namespace

WorkerPool::WorkerPool(PoolSettings settings, LaunchSpec spec, Parts parts)
    : settings_(settings), spec_(std::move(spec)), parts_(std::move(parts)) {}

WorkerPool::~WorkerPool() {
  stopping_ = true;
  for (const auto& worker : workers_) worker->stop_asked = parts_.clock.now();  // their end is no crash
  try {
    while (!workers_.empty()) workers_.back()->abandon(ExchangeFailure::kStopping, "the application is being stopped");
    fail_queue({ExchangeFailure::kStopping, "the application is being stopped", {}, 0});
  } catch (...) {  // no memory: a front end that goes on without it has ended its exchanges itself
    return;
  }
}

// ---- Requests ----

void WorkerPool::submit(Exchange& exchange) {
  const TimePoint now = parts_.clock.now();
  if (stopping_) {
    exchange.on_failure({ExchangeFailure::kStopping, "the application is being stopped", {}, kRetryAfterQueue});
    return;
  }
  if (retry_at_ > now + kShortBackOff && live_workers() == 0 && to_replace_.empty()) {
    exchange.on_failure(back_off_failure(now));
    return;
  }
  if (Worker* worker = queue_.empty() ? choose(exchange) : nullptr) {
    worker->send(exchange);
  } else if (queue_.size() >= settings_.max_queue) {
    exchange.on_failure({ExchangeFailure::kQueueFull,
                         std::to_string(queue_.size()) + " requests wait for a worker already",
                         {},
                         kRetryAfterQueue});
    return;
  } else {
    enqueue(exchange, now);
  }
  spawn_as_needed(now);
}

void WorkerPool::enqueue(Exchange& exchange, TimePoint now) {
  exchange.lease() = Lease(*this, exchange);
  queue_.push_back({&exchange, now});
}

void WorkerPool::enqueue_first(Exchange& exchange) {
  exchange.lease() = Lease(*this, exchange);
  queue_.push_front({&exchange, parts_.clock.now()});
}

void WorkerPool::release(Exchange& exchange) {
  std::erase_if(queue_, [&](const Waiting& waiting) { return waiting.exchange == &exchange; });
}

// An idle worker; else one that will come to the request soon.
Worker* WorkerPool::choose(const Exchange& exchange) {
  const TimePoint now = parts_.clock.now();
  Worker* best = nullptr;
  std::size_t best_requests = 0;
  for (const auto& worker : workers_) {
    if (worker->state() != Worker::State::kReady || worker->retiring) continue;
    const WorkerLoad load = worker->load();
    if (load.requests == 0) return worker.get();
    const bool room =
        load.requests < worker->capacity(1) || (exchange.may_repeat() && has_room_ahead(*worker, load, now));
    if (room && (best == nullptr || load.requests < best_requests)) {
      best = worker.get();
      best_requests = load.requests;
    }
  }
  return best;
}

bool WorkerPool::has_room_ahead(const Worker& worker, const WorkerLoad& load, TimePoint now) const {
  return !load.output_blocked && !is_slow(load, now) && load.requests < worker.capacity(ahead_limit(load));
}

std::size_t WorkerPool::ahead_limit(const WorkerLoad& load) const {
  if (load.service_time <= Duration::zero()) return 1;
  const auto fit = static_cast<std::size_t>(settings_.ahead_time / load.service_time);
  return std::clamp<std::size_t>(fit, 1, settings_.max_ahead);
}

Duration WorkerPool::patience(const WorkerLoad& load) const {
  return std::max(kMinPatience, load.service_time * kPatience);
}

bool WorkerPool::is_slow(const WorkerLoad& load, TimePoint now) const {
  return load.output_blocked || now - load.running_since > patience(load);
}

void WorkerPool::dispatch_queue() {
  if (dispatching_) return;
  dispatching_ = true;
  while (!queue_.empty()) {
    Exchange& exchange = *queue_.front().exchange;
    Worker* worker = choose(exchange);
    if (worker == nullptr) break;
    queue_.pop_front();
    exchange.lease().forget();
    worker->send(exchange);
  }
  dispatching_ = false;
}

Worker* WorkerPool::idle_worker() {
  for (const auto& worker : workers_) {
    if (worker->state() == Worker::State::kReady && !worker->retiring && worker->load().requests == 0) {
      return worker.get();
    }
  }
  return nullptr;
}

// No exchange waits behind a slow one while another worker is idle.
void WorkerPool::take_from_slow(TimePoint now) {
  while (queue_.empty() && take_one(now)) {
  }
}

bool WorkerPool::take_one(TimePoint now) {
  Worker* idle = nullptr;
  for (const auto& worker : workers_) {
    const WorkerLoad load = worker->load();
    if (load.requests < 2 || !is_slow(load, now)) continue;
    if (idle == nullptr) idle = idle_worker();
    if (idle == nullptr) return false;
    if (Exchange* exchange = worker->take_back()) {
      idle->send(*exchange);
      return true;
    }
  }
  return false;
}

// ---- What workers tell ----

void WorkerPool::on_worker_ready(Worker& worker) {
  worker.was_ready = true;
  tell(PoolEvent::kReady, &worker, {});
  retire_replaced();
  dispatch_queue();
  take_from_slow(parts_.clock.now());
}

void WorkerPool::on_worker_freed(Worker& worker) {
  start_failures_ = 0;
  if (worker.retiring) {
    stop_if_empty(worker, parts_.clock.now());
    return;
  }
  if (settings_.request_limit != 0 && worker.served() >= settings_.request_limit) {
    retire(worker, "it has served as many requests as it may");
    spawn_as_needed(parts_.clock.now());
    return;
  }
  if (!queue_.empty()) {
    dispatch_queue();
  } else if (workers_.size() > 1 && worker.load().requests == 0) {
    take_from_slow(parts_.clock.now());
  }
}

void WorkerPool::on_exchange_returned(Worker& worker, Exchange& exchange) {
  worker.retiring = true;
  enqueue_first(exchange);
}

void WorkerPool::on_worker_gone(Worker& worker, std::string_view how) {
  const TimePoint now = parts_.clock.now();
  std::erase(to_replace_, &worker);
  const auto found = std::ranges::find(workers_, &worker, &std::unique_ptr<Worker>::get);
  if (found != workers_.end()) {
    graveyard_.push_back(std::move(*found));
    workers_.erase(found);
  }
  const std::string errors = worker.recent_errors();
  if (worker.stop_asked != TimePoint{}) {
    tell(PoolEvent::kEnded, &worker, how);
  } else if (!worker.was_ready) {
    tell(PoolEvent::kStartFailed, &worker, how);
    note_start_failure(now, describe_start(spec_.program, how), errors);
  } else {
    tell(PoolEvent::kCrashed, &worker, how);
    if (worker.served() == 0) back_off(now, "the worker ended with its first request: " + std::string(how), errors);
  }
  if (stopping_) return;
  dispatch_queue();
  spawn_as_needed(now);
}

// ---- Starting workers ----

std::size_t WorkerPool::live_workers() const {
  const auto replaced = [&](const auto& worker) {
    return worker->retiring || std::ranges::find(to_replace_, worker.get()) != to_replace_.end();
  };
  return workers_.size() - static_cast<std::size_t>(std::ranges::count_if(workers_, replaced));
}

std::size_t WorkerPool::starting_workers() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      workers_, [](const auto& worker) { return worker->state() == Worker::State::kStarting && !worker->retiring; }));
}

void WorkerPool::spawn_as_needed(TimePoint now) {
  if (stopping_ && queue_.empty()) return;
  const std::size_t max = std::max<std::size_t>(settings_.max_instances, 1);
  std::size_t live = live_workers();
  if (live >= max || now < retry_at_) return;
  std::size_t wanted = std::max(std::min(settings_.min_instances, max), std::min(to_replace_.size(), max));
  const std::size_t starting = starting_workers();
  if (queue_.size() > starting) wanted = std::max(wanted, live + queue_.size() - starting);
  if (wanted <= live && starting == 0 && idle_worker() == nullptr) {
    const bool crowded = std::ranges::any_of(workers_, [](const auto& worker) { return worker->load().requests > 1; });
    if (crowded) wanted = live + 1;
  }
  for (; live < std::min(wanted, max) && now >= retry_at_; ++live) {
    if (!spawn(now)) return;
  }
}

bool WorkerPool::spawn(TimePoint now) {
  std::unique_ptr<Worker> worker = parts_.make_worker(*this);
  std::string error;
  std::unique_ptr<WorkerProcess> process = parts_.launcher.launch(spec_, *worker, error);
  if (process == nullptr) {
    tell(PoolEvent::kStartFailed, nullptr, error);
    note_start_failure(now, error, {});
    return false;
  }
  Worker& added = *workers_.emplace_back(std::move(worker));
  added.attach(std::move(process));
  tell(PoolEvent::kStarted, &added, {});
  return true;
}

void WorkerPool::back_off(TimePoint now, std::string_view text, const std::string& errors) {
  const unsigned doublings = std::min(start_failures_++, kMaxDoublings);
  retry_at_ = now + std::min(kFirstBackOff * (1U << doublings), kMaxBackOff);
  last_failure_ = {ExchangeFailure::kLaunchFailed, std::string(text), errors, 0};
}

void WorkerPool::note_start_failure(TimePoint now, std::string_view text, const std::string& errors) {
  back_off(now, text, errors);
  const bool others = std::ranges::any_of(workers_, [](const auto& worker) { return !worker->retiring; });
  if (!others) fail_queue(last_failure_);
}

FailureInfo WorkerPool::back_off_failure(TimePoint now) const {
  FailureInfo failure = last_failure_;
  failure.kind = ExchangeFailure::kBackOff;
  failure.retry_after = 1 + static_cast<unsigned>(std::chrono::duration_cast<seconds>(retry_at_ - now).count());
  return failure;
}

void WorkerPool::fail_queue(const FailureInfo& failure) {
  std::deque<Waiting> queue;
  queue.swap(queue_);
  for (const Waiting& waiting : queue) {
    waiting.exchange->lease().forget();
  }
  for (const Waiting& waiting : queue) waiting.exchange->on_failure(failure);
}

// ---- Replacing and ending workers ----

void WorkerPool::start() {
  if (!stopping_) spawn_as_needed(parts_.clock.now());
}

void WorkerPool::recycle(std::string_view why) {
  if (stopping_) return;
  start_failures_ = 0;
  retry_at_ = {};
  for (const auto& worker : workers_) {
    if (worker->retiring || std::ranges::find(to_replace_, worker.get()) != to_replace_.end()) continue;
    to_replace_.push_back(worker.get());
    tell(PoolEvent::kRecycled, worker.get(), why);
  }
  spawn_as_needed(parts_.clock.now());
}

// One old worker for each new one that serves.
void WorkerPool::retire_replaced() {
  if (to_replace_.empty()) return;
  Worker* old = to_replace_.front();
  to_replace_.erase(to_replace_.begin());
  retire(*old, "replaced");
}

void WorkerPool::retire(Worker& worker, std::string_view why) {
  if (worker.retiring) return;
  worker.retiring = true;
  std::erase(to_replace_, &worker);
  tell(PoolEvent::kRecycled, &worker, why);
  std::vector<Exchange*> returned;
  while (Exchange* exchange = worker.take_back()) returned.push_back(exchange);
  for (auto exchange = returned.rbegin(); exchange != returned.rend(); ++exchange) enqueue_first(**exchange);
  stop_if_empty(worker, parts_.clock.now());
  dispatch_queue();
}

void WorkerPool::stop_if_empty(Worker& worker, TimePoint now) {
  if (worker.load().requests != 0 || worker.stop_asked != TimePoint{}) return;
  worker.stop_asked = now;
  worker.process()->request_stop();
}

void WorkerPool::stop() {
  stopping_ = true;
  if (!queue_.empty()) return;  // tick() looks again
  for (const auto& worker : workers_) {
    worker->retiring = true;
    stop_if_empty(*worker, parts_.clock.now());
  }
}

// ---- Time ----

TimePoint WorkerPool::next_check() const {
  if (workers_.empty() && queue_.empty()) return TimePoint::max();
  TimePoint next = next_look_;
  if (!queue_.empty() && workers_.empty()) next = std::min(next, retry_at_);
  bool idle = false;
  TimePoint slow = TimePoint::max();
  for (const auto& worker : workers_) {
    const WorkerLoad load = worker->load();
    if (load.requests == 0) idle = true;
    if (load.requests > 1) slow = std::min(slow, load.running_since + patience(load) + milliseconds(1));
  }
  return idle ? std::min(next, slow) : next;
}

void WorkerPool::tick() {
  const TimePoint now = parts_.clock.now();
  collect();
  if (now >= next_look_) {
    check_queue(now);
    std::vector<Worker*> workers;  // a copy: a worker may leave the list while it is checked
    for (const auto& worker : workers_) workers.push_back(worker.get());
    for (Worker* worker : workers) check_worker(*worker, now);
    check_idle(now);
    if (stopping_) stop();
    const bool calm =
        queue_.empty() && std::ranges::all_of(workers_, [](const auto& worker) {
          return worker->load().requests == 0 && worker->state() == Worker::State::kReady && !worker->retiring;
        });
    next_look_ = now + (calm ? kIdleCheck : kBusyCheck);
  }
  dispatch_queue();
  take_from_slow(now);
  spawn_as_needed(now);
}

void WorkerPool::check_queue(TimePoint now) {
  while (!queue_.empty() && settings_.queue_timeout != Duration::zero() &&
         now - queue_.front().since > settings_.queue_timeout) {
    Exchange& exchange = *queue_.front().exchange;
    queue_.pop_front();
    exchange.lease().forget();
    exchange.on_failure({ExchangeFailure::kQueueTimeout, "no worker became free in time", {}, kRetryAfterQueue});
  }
}

void WorkerPool::check_worker(Worker& worker, TimePoint now) {
  worker.tick(now);
  if (worker.state() == Worker::State::kGone) return;
  const WorkerLoad load = worker.load();
  if (worker.stop_asked != TimePoint{} && now - worker.stop_asked > settings_.stop_timeout) {
    worker.abandon(ExchangeFailure::kWorkerEnded, "it did not end when it was asked to, and was killed");
  } else if (worker.state() == Worker::State::kStarting && now - worker.started() > settings_.start_timeout) {
    worker.abandon(ExchangeFailure::kLaunchFailed, "it did not become ready in time");
  } else if (load.requests != 0 && !load.output_blocked && settings_.request_timeout != Duration::zero() &&
             now - load.active_since > settings_.request_timeout) {
    const auto limit = std::chrono::duration_cast<seconds>(settings_.request_timeout).count();
    tell(PoolEvent::kTimedOut, &worker, "no response within " + std::to_string(limit) + " seconds");
    worker.stop_asked = now;  // its end is no crash
    worker.abandon(ExchangeFailure::kWorkerTimeout,
                   "no response within " + std::to_string(limit) + " seconds (WORKER_REQUEST_TIMEOUT in web.config)");
  } else if (!worker.retiring && worker.state() == Worker::State::kReady) {
    check_limits(worker, now);
  } else if (worker.retiring && !worker.lost) {
    stop_if_empty(worker, now);
  }
}

void WorkerPool::check_limits(Worker& worker, TimePoint now) {
  if (std::ranges::find(to_replace_, &worker) != to_replace_.end()) return;
  const bool old = settings_.time_limit != Duration::zero() && now - worker.started() > settings_.time_limit;
  const bool big = settings_.memory_limit != 0 && worker.process()->memory() > settings_.memory_limit;
  if (!old && !big) return;
  tell(PoolEvent::kRecycled, &worker, old ? "it has reached its time limit" : "it has reached its memory limit");
  to_replace_.push_back(&worker);
}

void WorkerPool::check_idle(TimePoint now) {
  if (settings_.idle_timeout == Duration::zero() || !queue_.empty()) return;
  for (const auto& worker : workers_) {
    if (live_workers() <= settings_.min_instances) return;
    const WorkerLoad load = worker->load();
    if (worker->retiring || worker->state() != Worker::State::kReady) continue;
    if (load.requests + load.tunnels != 0) continue;
    if (now - load.active_since > settings_.idle_timeout) {
      retire(*worker, "it was idle");
      return;
    }
  }
}

void WorkerPool::tell(PoolEvent event, Worker* worker, std::string_view text) const {
  if (!parts_.listener) return;
  const int process = worker != nullptr && worker->process() != nullptr ? worker->process()->id() : 0;
  parts_.listener(event, process, text);
}

}  // namespace zoo::module
