// SPDX-License-Identifier: Apache-2.0
#include <windows.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>
#include <vector>

#include "module/core/fastcgi_worker.h"
#include "module/core/worker_pool.h"
#include "module/win/body_store.h"
#include "module/win/launcher.h"
#include "module/win/text.h"
#include "tests/iishost/worker/crc32.h"
#include "tests/module/win/loop_until.h"

namespace zoo::module {
namespace {

std::string worker_program() {
  std::array<wchar_t, 1024> file{};
  ::GetModuleFileNameW(nullptr, file.data(), static_cast<DWORD>(file.size()));
  const std::string own = to_utf8(file.data());
  return own.substr(0, own.rfind('\\') + 1) + "fcgi_worker.exe";
}

class TestExchange final : public Exchange {
 public:
  TestExchange(std::string path, std::string query) : path_(std::move(path)), query_(std::move(query)) {
    request_.method = "GET";
    request_.path_info = path_;
    request_.request_uri = path_;
    request_.query = query_;
  }

  const CgiRequest& request() override { return request_; }
  BodySource* body() override { return store.size() == 0 ? nullptr : &store; }
  bool may_repeat() const override { return store.size() == 0; }
  std::string_view upgrade() const override { return {}; }
  void on_head(const ResponseHead& head) override { status = head.status; }
  void on_body(std::string_view data) override { text.append(data); }
  void on_end(bool whole) override {
    done = true;
    complete = whole;
  }
  void on_failure(const FailureInfo& info) override {
    done = true;
    failure = info;
  }
  void on_tunnel_writable() override {}

  BodyStore store;
  unsigned status = 0;
  std::string text;
  bool done = false;
  bool complete = false;
  FailureInfo failure;

 private:
  std::string path_;
  std::string query_;
  CgiRequest request_;
};

struct Fixture {
  explicit Fixture(std::size_t workers = 1, LaunchSpec launch = {}) : launcher(loop) {
    if (launch.program.empty()) launch.program = worker_program();
    launch.environment.emplace_back("SystemRoot", "C:\\windows");
    launch.transport = WorkerTransport::kListening;
    PoolSettings settings;
    settings.max_instances = workers;
    settings.request_timeout = std::chrono::seconds(3);
    FastCgiWorkerOptions options;
    options.takes_requests_ahead = false;
    pool = std::make_unique<WorkerPool>(
        settings, launch,
        WorkerPool::Parts{
            clock, launcher,
            [this, options](WorkerOwner& owner) { return std::make_unique<FastCgiWorker>(owner, clock, options); },
            [this](PoolEvent event, int, std::string_view) { events.push_back(event); }});
  }

  bool wait(const std::function<bool()>& done) {
    return loop_until(loop, [&] {
      pool->tick();
      pool->collect();
      return done();
    });
  }

  void serve(TestExchange& exchange) {
    pool->submit(exchange);
    REQUIRE(wait([&] { return exchange.done; }));
  }

  SteadyClock clock;
  EventLoop loop;
  WinLauncher launcher;
  std::vector<PoolEvent> events;
  std::unique_ptr<WorkerPool> pool;
};

std::string upload_answer(std::string_view body) {
  return std::to_string(body.size()) + " " + std::to_string(iishost::crc32(0, body)) + "\n";
}

// As the worker's "big": the bytes 0 to 250, again and again.
bool is_pattern(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) != i % 251) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a worker on a named pipe answers", "[launcher]") {
  Fixture fixture;
  TestExchange first("/env", "a=1");
  fixture.serve(first);
  CHECK(first.status == 200);
  CHECK(first.complete);
  CHECK(first.text.find("QUERY_STRING=a=1\n") != std::string::npos);
  TestExchange second("/status", "418");  // on the kept connection
  fixture.serve(second);
  CHECK(second.status == 418);
  CHECK(fixture.pool->worker_count() == 1);
}

TEST_CASE("large bodies go both ways over the pipe", "[launcher]") {
  Fixture fixture;
  TestExchange down("/big", "20000000");
  fixture.serve(down);
  CHECK(down.text.size() == 20000000);
  CHECK(is_pattern(down.text));
  TestExchange up("/upload", "");
  std::string body;
  for (int i = 0; i < 1000000; ++i) body += static_cast<char>('a' + i * i % 23);
  up.store.start(65536, {});
  REQUIRE(up.store.append(body));
  fixture.serve(up);
  CHECK(up.text == upload_answer(body));
}

TEST_CASE("a worker that crashes, hangs or talks nonsense fails its request only", "[launcher]") {
  Fixture fixture;
  TestExchange crash("/crash", "");
  fixture.serve(crash);
  CHECK(crash.failure.kind == ExchangeFailure::kWorkerEnded);
  CHECK(crash.failure.text.find("exit code 3") != std::string::npos);
  TestExchange garbage("/garbage", "");
  fixture.serve(garbage);
  CHECK(garbage.failure.kind == ExchangeFailure::kBadResponse);
  TestExchange cut("/cut", "");
  fixture.serve(cut);
  CHECK(cut.text == "only this");
  CHECK_FALSE(cut.complete);
  TestExchange hang("/hang", "");
  fixture.serve(hang);
  CHECK(hang.failure.kind == ExchangeFailure::kWorkerTimeout);
  TestExchange fine("/pid", "");
  fixture.serve(fine);
  CHECK(fine.status == 200);
}

TEST_CASE("workers end when they are asked to", "[launcher]") {
  Fixture fixture(3);
  std::vector<std::unique_ptr<TestExchange>> requests;
  for (int i = 0; i < 12; ++i) {
    requests.push_back(std::make_unique<TestExchange>("/slow", "200"));
    fixture.pool->submit(*requests.back());
  }
  REQUIRE(fixture.wait([&] {
    return std::all_of(requests.begin(), requests.end(), [](const auto& request) { return request->done; });
  }));
  CHECK(fixture.pool->worker_count() == 3);
  fixture.pool->stop();
  CHECK(fixture.wait([&] { return fixture.pool->stopped(); }));
  for (const PoolEvent event : fixture.events) CHECK(event != PoolEvent::kCrashed);
}

TEST_CASE("recycling loses no request", "[launcher]") {
  Fixture fixture(2);
  std::vector<std::unique_ptr<TestExchange>> requests;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 4; ++i) {
      requests.push_back(std::make_unique<TestExchange>("/slow", "5"));
      fixture.pool->submit(*requests.back());
    }
    fixture.pool->recycle("test");
    REQUIRE(fixture.wait([&] { return requests.back()->done; }));
  }
  REQUIRE(fixture.wait([&] {
    return std::all_of(requests.begin(), requests.end(), [](const auto& request) { return request->done; });
  }));
  for (const auto& request : requests) CHECK(request->status == 200);
}

TEST_CASE("a program that is not there is a failure with its name", "[launcher]") {
  LaunchSpec spec;
  spec.program = "C:\\no\\python.exe";
  Fixture fixture(1, spec);
  TestExchange exchange("/", "");
  fixture.serve(exchange);
  CHECK(failure_status(exchange.failure.kind) >= 500);
  CHECK(exchange.failure.text.find("python.exe") != std::string::npos);
}

TEST_CASE("40 starts and ends leave no handle behind", "[launcher]") {
  DWORD before = 0;
  DWORD after = 0;
  for (int i = 0; i < 40; ++i) {
    Fixture fixture;
    TestExchange exchange("/pid", "");
    fixture.serve(exchange);
    CHECK(exchange.status == 200);
    fixture.pool.reset();
    loop_until(fixture.loop, [] { return true; });
    if (i == 4) ::GetProcessHandleCount(::GetCurrentProcess(), &before);
  }
  ::GetProcessHandleCount(::GetCurrentProcess(), &after);
  CHECK(after <= before + 3);
}

}  // namespace zoo::module
