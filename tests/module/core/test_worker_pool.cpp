// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/worker_pool.h"
#include "tests/module/core/fake_workers.h"

using namespace zoo::module;
using namespace zoo::module::test;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

struct Fixture {
  explicit Fixture(PoolSettings settings, bool own = true)
      : pool(settings, LaunchSpec(),
             {clock, launcher,
              [this, own](WorkerOwner& owner) {
                FastCgiWorkerOptions options;
                options.takes_requests_ahead = own;
                return std::make_unique<FastCgiWorker>(owner, clock, options);
              },
              [this](PoolEvent event, int, std::string_view text) {
                events.push_back(event);
                if (event == PoolEvent::kSaid) said.emplace_back(text);
              }}) {}

  FakeExchange& submit(bool repeatable = true) {
    exchanges.push_back(std::make_unique<FakeExchange>(repeatable));
    pool.submit(*exchanges.back());
    return *exchanges.back();
  }
  FakeProcess& worker(std::size_t index) { return *launcher.processes.at(index); }
  void pass(Duration time) {
    clock.advance(time);
    pool.tick();
  }
  /// Answers one request so that the pool knows the worker's service time.
  void measure(std::size_t index, Duration service_time) {
    submit();
    clock.advance(service_time);
    worker(index).answer(worker(index).waiting().at(0));
  }
  bool told(PoolEvent event) const { return std::ranges::find(events, event) != events.end(); }

  FakeClock clock;
  FakeLauncher launcher;
  std::vector<PoolEvent> events;
  std::vector<std::string> said;
  std::vector<std::unique_ptr<FakeExchange>> exchanges;
  WorkerPool pool;
};

PoolSettings instances(std::size_t min, std::size_t max) {
  PoolSettings settings;
  settings.min_instances = min;
  settings.max_instances = max;
  return settings;
}

}  // namespace

TEST_CASE("the minimum of workers is started before there is a request if that is wanted", "[worker_pool]") {
  Fixture f(instances(2, 4));
  CHECK(f.launcher.launched == 0);
  f.pool.start();
  CHECK(f.launcher.launched == 2);
  f.pool.start();
  CHECK(f.launcher.launched == 2);
  f.pool.stop();
  f.pool.start();
  CHECK(f.launcher.launched == 2);
}

TEST_CASE("a request starts the first worker and waits until it is ready", "[worker_pool]") {
  Fixture f(instances(1, 1));
  CHECK(f.launcher.launched == 0);
  FakeExchange& exchange = f.submit();
  REQUIRE(f.launcher.launched == 1);
  CHECK(f.pool.queued() == 1);
  CHECK(f.worker(0).waiting().empty());
  f.worker(0).become_ready();
  REQUIRE(f.worker(0).waiting().size() == 1);
  f.worker(0).answer(1, "Status: 201 Created\r\n\r\nbody");
  CHECK(exchange.status == 201);
  CHECK(exchange.body_text == "body");
  CHECK(exchange.ended);
  CHECK(exchange.complete);
}

TEST_CASE("waiting requests start further workers up to the maximum", "[worker_pool]") {
  Fixture f(instances(1, 3));
  for (int i = 0; i < 5; ++i) f.submit();
  CHECK(f.launcher.launched == 3);
  f.worker(0).become_ready();
  CHECK(f.pool.queued() == 4);
  f.worker(1).become_ready();
  f.worker(2).become_ready();
  CHECK(f.pool.queued() == 2);
}

TEST_CASE("fast requests are handed to a busy worker ahead of time, slow ones are not", "[worker_pool]") {
  Fixture f(instances(1, 1));
  f.submit();
  f.worker(0).become_ready();
  f.clock.advance(milliseconds(1));
  f.worker(0).answer(1);
  for (int i = 0; i < 10; ++i) f.submit();
  CHECK(f.worker(0).waiting().size() == 4);  // 4 ms of work
  CHECK(f.pool.queued() == 6);

  Fixture slow(instances(1, 1));
  slow.submit();
  slow.worker(0).become_ready();
  slow.clock.advance(milliseconds(50));
  slow.worker(0).answer(1);
  for (int i = 0; i < 3; ++i) slow.submit();
  CHECK(slow.worker(0).waiting().size() == 1);
  CHECK(slow.pool.queued() == 2);
}

TEST_CASE("answers that arrive together share the time since the last ones", "[worker_pool]") {
  PoolSettings settings = instances(1, 1);
  settings.ahead_time = milliseconds(8);
  Fixture f(settings);
  f.submit();
  f.worker(0).become_ready();
  f.clock.advance(milliseconds(1));
  f.worker(0).answer(f.worker(0).waiting().at(0));
  for (int i = 0; i < 8; ++i) f.submit();
  REQUIRE(f.worker(0).waiting().size() == 8);
  f.clock.advance(milliseconds(8));
  for (const std::uint16_t id : f.worker(0).waiting()) f.worker(0).answer(id);
  // A millisecond each, although one of them seemed to take 8 and the others nothing.
  for (int i = 0; i < 12; ++i) f.submit();
  CHECK(f.worker(0).waiting().size() == 8);
}

TEST_CASE("a request that must not run twice is never handed ahead", "[worker_pool]") {
  Fixture f(instances(1, 1));
  f.submit();
  f.worker(0).become_ready();
  f.clock.advance(milliseconds(1));
  f.worker(0).answer(1);
  f.submit();
  f.submit(false);
  CHECK(f.worker(0).waiting().size() == 1);
  CHECK(f.pool.queued() == 1);
}

TEST_CASE("no request waits behind a slow one while another worker is idle", "[worker_pool]") {
  Fixture f(instances(2, 2));
  f.submit();
  f.submit();
  f.worker(0).become_ready();
  f.worker(1).become_ready();
  f.clock.advance(milliseconds(1));
  f.worker(0).answer(1);
  f.worker(1).answer(1);

  FakeExchange& slow = f.submit();    // on worker 0
  FakeExchange& other = f.submit();   // on worker 1
  FakeExchange& behind = f.submit();  // behind the slow one
  REQUIRE(f.worker(0).waiting().size() == 2);
  f.clock.advance(milliseconds(1));
  f.worker(1).answer(f.worker(1).waiting().at(0));
  CHECK(other.ended);
  CHECK(f.worker(1).waiting().empty());  // 1 ms: worker 0 may still be quick

  REQUIRE(f.pool.next_check() <= f.clock.now() + milliseconds(6));
  f.pass(milliseconds(6));
  REQUIRE(f.worker(1).waiting().size() == 1);
  CHECK(f.worker(0).waiting().size() == 1);
  f.worker(1).answer(f.worker(1).waiting().at(0));
  CHECK(behind.ended);
  CHECK_FALSE(slow.ended);

  // The worker says that the one that was taken back is over; nobody hears of it.
  f.worker(0).answer(1, "X: y\r\n\r\nslow");
  f.worker(0).end_aborted(2);
  CHECK(slow.body_text == "slow");
  CHECK(behind.body_text == "ok");
  f.submit();
  CHECK(f.worker(0).waiting().size() == 1);
}

TEST_CASE("a worker that becomes idle takes what waits behind a slow request at once", "[worker_pool]") {
  Fixture f(instances(2, 2));
  f.submit();
  f.submit();
  f.worker(0).become_ready();
  f.worker(1).become_ready();
  f.clock.advance(milliseconds(1));
  f.worker(0).answer(1);
  f.worker(1).answer(1);
  f.submit();
  f.submit();
  f.submit();
  REQUIRE(f.worker(0).waiting().size() == 2);
  f.clock.advance(milliseconds(20));
  f.worker(1).answer(f.worker(1).waiting().at(0));
  CHECK(f.worker(1).waiting().size() == 1);
  CHECK(f.worker(0).waiting().size() == 1);
}

TEST_CASE("the queue is bounded", "[worker_pool]") {
  PoolSettings settings = instances(1, 1);
  settings.max_queue = 2;
  Fixture f(settings);
  f.submit();
  f.submit();
  FakeExchange& third = f.submit();
  CHECK(third.failed);
  CHECK(third.failure.kind == ExchangeFailure::kQueueFull);
  CHECK(third.failure.retry_after != 0);
}

TEST_CASE("a request does not wait in the queue for ever", "[worker_pool]") {
  PoolSettings settings = instances(1, 1);
  settings.queue_timeout = seconds(10);
  Fixture f(settings);
  FakeExchange& exchange = f.submit();
  f.pass(seconds(9));
  CHECK_FALSE(exchange.failed);
  f.pass(seconds(2));
  CHECK(exchange.failure.kind == ExchangeFailure::kQueueTimeout);
}

TEST_CASE("a crash fails the running request and moves those behind it", "[worker_pool]") {
  Fixture f(instances(1, 1));
  f.submit();
  f.worker(0).become_ready();
  f.clock.advance(milliseconds(1));
  f.worker(0).answer(1);
  FakeExchange& running = f.submit();
  FakeExchange& behind = f.submit();
  REQUIRE(f.worker(0).waiting().size() == 2);
  f.worker(0).exit("signal 11");
  f.pool.collect();
  CHECK(running.failure.kind == ExchangeFailure::kWorkerEnded);
  CHECK(running.failure.worker_errors == "printed by 1");
  CHECK(f.told(PoolEvent::kCrashed));
  CHECK_FALSE(behind.failed);
  REQUIRE(f.launcher.launched == 2);
  f.worker(0).become_ready();
  f.worker(0).answer(1);
  CHECK(behind.ended);
}

TEST_CASE("a crash in the middle of a response cuts it", "[worker_pool]") {
  Fixture f(instances(1, 1));
  FakeExchange& exchange = f.submit();
  f.worker(0).become_ready();
  f.worker(0).send(
      std::string("\x01\x06\x00\x01\x00\x09\x00\x00"
                  "X: y\r\n\r\na",
                  17));
  f.worker(0).exit("signal 9");
  CHECK(exchange.body_text == "a");
  CHECK(exchange.ended);
  CHECK_FALSE(exchange.complete);
}

TEST_CASE("an answer that was on its way when the worker ended arrives", "[worker_pool]") {
  Fixture f(instances(1, 1));
  FakeExchange& exchange = f.submit();
  f.worker(0).become_ready();
  f.worker(0).exit_before_connection("exit code 0");
  CHECK_FALSE(exchange.failed);
  f.worker(0).answer(1);
  CHECK(exchange.ended);
  CHECK(exchange.complete);
  FakeExchange& next = f.submit();
  CHECK(f.worker(0).waiting().empty());  // it gets nothing more
  f.worker(0).close();
  f.pool.collect();
  REQUIRE(f.launcher.processes.size() == 1);
  f.worker(0).become_ready();
  f.worker(0).answer(1);
  CHECK(next.ended);
}

TEST_CASE("a worker that has ended is not waited for when something keeps its connection", "[worker_pool]") {
  Fixture f(instances(1, 1));
  FakeExchange& exchange = f.submit();
  f.worker(0).become_ready();
  f.worker(0).exit_before_connection("exit code 3");
  f.pool.tick();
  CHECK_FALSE(exchange.failed);
  f.clock.advance(milliseconds(700));
  f.pool.tick();
  CHECK(exchange.failure.text.find("exit code 3") != std::string::npos);
}

TEST_CASE("garbage from a worker fails its request and ends it", "[worker_pool]") {
  Fixture f(instances(1, 1));
  FakeExchange& exchange = f.submit();
  f.worker(0).become_ready();
  f.worker(0).send("Hello, I am a print statement\n");
  CHECK(exchange.failure.kind == ExchangeFailure::kBadResponse);
  f.pool.collect();
  CHECK(f.pool.worker_count() == 0);
}

TEST_CASE("what a request writes for the log is told in lines, and kept for the error page", "[worker_pool]") {
  Fixture f(instances(1, 1));
  FakeExchange& exchange = f.submit();
  f.worker(0).become_ready();
  for (const std::string_view piece : {"Trace", "back:\n  line 1\n  li", "ne 2"}) f.worker(0).say(1, piece);
  CHECK(f.said == std::vector<std::string>{"Traceback:\n  line 1\n"});
  f.worker(0).exit("exit code 3");
  CHECK(exchange.failure.worker_errors.find("Traceback:\n  line 1\n  line 2") != std::string::npos);
  CHECK(exchange.failure.worker_errors.find("printed by 1") != std::string::npos);

  Fixture other(instances(1, 1));
  other.submit();
  other.worker(0).become_ready();
  other.worker(0).say(1, "no line's end");
  other.worker(0).answer(1);
  CHECK(other.said == std::vector<std::string>{"no line's end"});
}

TEST_CASE("a worker that hangs is killed", "[worker_pool]") {
  PoolSettings settings = instances(1, 1);
  settings.request_timeout = seconds(30);
  Fixture f(settings);
  FakeExchange& exchange = f.submit();
  f.worker(0).become_ready();
  f.pass(seconds(29));
  CHECK_FALSE(exchange.failed);
  f.pass(seconds(2));
  CHECK(exchange.failure.kind == ExchangeFailure::kWorkerTimeout);
  CHECK(f.told(PoolEvent::kTimedOut));
  f.pool.collect();
  REQUIRE(f.launcher.processes.size() == 1);
  CHECK(f.worker(0).id() == 2);
}

TEST_CASE("recycling replaces workers without losing a request", "[worker_pool]") {
  Fixture f(instances(1, 1));
  f.submit();
  f.worker(0).become_ready();
  f.clock.advance(milliseconds(1));
  f.worker(0).answer(1);
  FakeExchange& running = f.submit();
  FakeExchange& behind = f.submit();
  f.pool.recycle("a file has changed");
  REQUIRE(f.launcher.launched == 2);
  CHECK_FALSE(f.worker(0).stop_requested);
  CHECK(f.worker(0).waiting().size() == 2);  // the old one serves on
  f.worker(1).become_ready();
  CHECK(f.worker(0).waiting().size() == 1);
  CHECK(f.worker(1).waiting().size() == 1);
  f.worker(1).answer(1);
  CHECK(behind.ended);
  CHECK_FALSE(f.worker(0).stop_requested);
  f.worker(0).answer(1);
  f.worker(0).end_aborted(2);
  CHECK(running.ended);
  CHECK(f.worker(0).stop_requested);
  f.worker(0).exit("exit code 0");
  f.pool.collect();
  CHECK(f.told(PoolEvent::kEnded));
  CHECK_FALSE(f.told(PoolEvent::kCrashed));
  CHECK(f.pool.worker_count() == 1);
}

TEST_CASE("a worker that ends with its pool has not crashed", "[worker_pool]") {
  Fixture f(instances(1, 1));
  auto pool = std::make_unique<WorkerPool>(
      instances(1, 1), LaunchSpec(),
      WorkerPool::Parts{
          f.clock, f.launcher,
          [&f](WorkerOwner& owner) { return std::make_unique<FastCgiWorker>(owner, f.clock, FastCgiWorkerOptions()); },
          [&f](PoolEvent event, int, std::string_view) { f.events.push_back(event); }});
  FakeExchange exchange(true);
  pool->submit(exchange);
  f.worker(0).become_ready();
  f.clock.advance(milliseconds(1));
  f.worker(0).answer(1);
  REQUIRE(exchange.ended);
  pool.reset();
  CHECK(f.told(PoolEvent::kEnded));
  CHECK_FALSE(f.told(PoolEvent::kCrashed));
}

TEST_CASE("a worker that does not end when asked is killed", "[worker_pool]") {
  PoolSettings settings = instances(0, 1);
  settings.stop_timeout = seconds(5);
  settings.idle_timeout = seconds(60);
  Fixture f(settings);
  f.submit();
  f.worker(0).become_ready();
  f.worker(0).answer(1);
  f.pass(seconds(61));
  REQUIRE(f.worker(0).stop_requested);
  f.pass(seconds(6));
  f.pool.collect();
  CHECK(f.launcher.processes.empty());
}

TEST_CASE("idle workers end down to the minimum", "[worker_pool]") {
  PoolSettings settings = instances(1, 2);
  settings.idle_timeout = seconds(60);
  Fixture f(settings);
  f.submit();
  f.submit();
  f.worker(0).become_ready();
  f.worker(1).become_ready();
  f.worker(0).answer(1);
  f.worker(1).answer(1);
  f.pass(seconds(61));
  f.pass(seconds(61));
  CHECK(static_cast<int>(f.worker(0).stop_requested) + static_cast<int>(f.worker(1).stop_requested) == 1);
}

TEST_CASE("programs that cannot be started back off", "[worker_pool]") {
  Fixture f(instances(1, 1));
  f.launcher.refuse = true;
  FakeExchange& first = f.submit();
  CHECK(first.failure.kind == ExchangeFailure::kLaunchFailed);
  CHECK(first.failure.text == "no such program");
  FakeExchange& second = f.submit();  // the next try is so near that it waits for it
  CHECK_FALSE(second.failed);
  f.pass(milliseconds(300));
  CHECK(second.failure.kind == ExchangeFailure::kLaunchFailed);
  for (int i = 0; i < 3; ++i) {
    f.submit();
    f.pass(seconds(2));
  }
  f.submit();
  FakeExchange& refused = f.submit();
  CHECK(refused.failure.kind == ExchangeFailure::kBackOff);
  CHECK(refused.failure.retry_after >= 1);
  f.launcher.refuse = false;
  f.clock.advance(seconds(30));
  FakeExchange& last = f.submit();
  CHECK_FALSE(last.failed);
  CHECK(f.launcher.launched == 1);
}

TEST_CASE("workers that end at once are started ever more rarely", "[worker_pool]") {
  Fixture f(instances(1, 1));
  int launches = 0;
  for (int i = 0; i < 600; ++i) {  // one minute
    f.submit();
    if (!f.launcher.processes.empty()) {
      f.worker(0).exit("exit code 1");
      f.pool.collect();
    }
    f.clock.advance(milliseconds(100));
  }
  launches = f.launcher.launched;
  CHECK(launches >= 5);
  CHECK(launches <= 9);
  CHECK(f.exchanges.front()->failure.kind == ExchangeFailure::kLaunchFailed);
}

TEST_CASE("a program that takes its time to end has failed to start all the same", "[worker_pool]") {
  Fixture f(instances(1, 2));
  FakeExchange& exchange = f.submit();
  f.worker(0).close();
  f.pass(milliseconds(200));
  CHECK_FALSE(f.worker(0).stop_requested);
  CHECK(f.launcher.launched == 1);  // no second one while it is not known why the first has ended
  SECTION("and says why") {
    f.worker(0).exit("exit code 1");
    CHECK(exchange.failure.text.find("exit code 1") != std::string::npos);
  }
  SECTION("or never ends") {
    f.pass(milliseconds(400));
    CHECK(exchange.failure.text.find("it has closed the connection") != std::string::npos);
  }
  CHECK(exchange.failure.kind == ExchangeFailure::kLaunchFailed);
  CHECK(exchange.failure.worker_errors == "printed by 1");
  CHECK(f.told(PoolEvent::kStartFailed));
  f.pass(milliseconds(100));
  CHECK(f.launcher.launched == 1);  // the next try waits
}

TEST_CASE("a worker that ends by itself is not one that was asked to", "[worker_pool]") {
  Fixture f(instances(1, 1));
  f.submit();
  f.worker(0).become_ready();
  f.worker(0).answer(1);
  f.worker(0).close();
  f.pass(milliseconds(200));
  f.worker(0).exit("signal 11");
  CHECK(f.told(PoolEvent::kCrashed));
  CHECK_FALSE(f.told(PoolEvent::kEnded));
}

TEST_CASE("a request that meets the end of a foreign worker's connection goes to another one", "[worker_pool]") {
  Fixture f(instances(1, 1), false);
  f.submit();
  f.worker(0).become_ready();
  f.clock.advance(milliseconds(1));
  f.worker(0).answer(1);
  SECTION("when it may be sent twice") {
    FakeExchange& exchange = f.submit();
    f.worker(0).close();
    f.pass(seconds(1));
    REQUIRE(f.launcher.launched == 2);
    f.launcher.processes.back()->become_ready();
    f.launcher.processes.back()->answer(1);
    CHECK(exchange.ended);
    CHECK(exchange.failure.text.empty());
  }
  SECTION("or fails") {
    FakeExchange& exchange = f.submit(false);
    f.worker(0).close();
    f.pass(seconds(1));
    CHECK(exchange.failure.kind == ExchangeFailure::kWorkerEnded);
  }
}

TEST_CASE("limits of requests, age and memory replace a worker", "[worker_pool]") {
  PoolSettings settings = instances(1, 1);
  Duration age = seconds(2);
  SECTION("requests") {
    settings.request_limit = 1;
  }
  SECTION("age") {
    settings.time_limit = minutes(10);
    age = minutes(11);
  }
  SECTION("memory") {
    settings.memory_limit = 1000;
  }
  Fixture f(settings);
  FakeExchange& exchange = f.submit();
  f.worker(0).become_ready();
  f.worker(0).memory_used = 1001;
  f.worker(0).answer(1);
  CHECK(exchange.ended);
  f.pass(age);
  f.pass(seconds(1));
  REQUIRE(f.launcher.launched == 2);
  f.worker(1).become_ready();
  f.pass(seconds(1));
  CHECK(f.worker(0).stop_requested);
  FakeExchange& next = f.submit();
  f.worker(1).answer(1);
  CHECK(next.ended);
}

TEST_CASE("a client that leaves aborts its request and frees the worker", "[worker_pool]") {
  Fixture f(instances(1, 1));
  FakeExchange& exchange = f.submit();
  f.worker(0).become_ready();
  exchange.cancel();
  CHECK(f.worker(0).records().back().type == 2);
  f.worker(0).answer(1);  // it had begun
  CHECK_FALSE(exchange.ended);
  FakeExchange& next = f.submit();
  f.worker(0).answer(1);
  CHECK(next.ended);
}

TEST_CASE("a client that leaves while it waits is forgotten", "[worker_pool]") {
  Fixture f(instances(1, 1));
  FakeExchange& exchange = f.submit();
  exchange.cancel();
  CHECK(f.pool.queued() == 0);
  f.worker(0).become_ready();
  CHECK(f.worker(0).waiting().empty());
}

TEST_CASE("workers of others get one request at a time", "[worker_pool]") {
  Fixture f(instances(1, 1), false);
  f.submit();
  f.worker(0).become_ready();
  f.clock.advance(milliseconds(1));
  f.worker(0).answer(1);
  f.submit();
  f.submit();
  CHECK(f.worker(0).waiting().size() == 1);
  CHECK(f.pool.queued() == 1);
}

TEST_CASE("requests that an ending worker refuses go to another one", "[worker_pool]") {
  Fixture f(instances(1, 1));
  f.submit();
  f.worker(0).become_ready();
  f.clock.advance(milliseconds(1));
  f.worker(0).answer(1);
  FakeExchange& first = f.submit();
  FakeExchange& second = f.submit();
  f.worker(0).answer(1);
  f.worker(0).end(2, 2);  // FCGI_OVERLOADED
  CHECK(first.ended);
  CHECK_FALSE(second.failed);
  f.pool.tick();
  REQUIRE(f.launcher.launched == 2);
  f.worker(1).become_ready();
  f.worker(1).answer(1);
  CHECK(second.ended);
}

TEST_CASE("stopping answers what is there and takes nothing more", "[worker_pool]") {
  Fixture f(instances(1, 1));
  FakeExchange& running = f.submit();
  FakeExchange& queued = f.submit();
  f.worker(0).become_ready();
  f.pool.stop();
  FakeExchange& late = f.submit();
  CHECK(late.failure.kind == ExchangeFailure::kStopping);
  f.worker(0).answer(1);
  f.worker(0).answer(1);
  CHECK(running.ended);
  CHECK(queued.ended);
  f.pass(seconds(1));
  CHECK(f.worker(0).stop_requested);
  f.worker(0).exit("exit code 0");
  CHECK(f.pool.stopped());
}
