// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "module/core/http_worker.h"
#include "module/core/worker_pool.h"
#include "tests/module/core/fake_workers.h"

using namespace zoo::module;
using namespace zoo::module::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct HttpProcess;

/// One connection to a worker that the test plays.
struct HttpChannel final : WorkerChannel {
  HttpChannel(HttpProcess& owner, ChannelEvents& e);
  ~HttpChannel() override;
  std::string& output() override { return out; }
  void written_to() override {}
  std::size_t pending() const override { return blocked; }
  void set_reading(bool on) override { reading = on; }

  HttpProcess& process;
  ChannelEvents& events;
  std::string out;
  std::size_t blocked = 0;
  bool reading = true;
};

struct HttpProcess final : WorkerProcess {
  explicit HttpProcess(ProcessEvents& e) : events(e) {}
  int id() const override { return 7; }
  std::unique_ptr<WorkerChannel> open_channel(ChannelEvents& e) override {
    if (refuse) return nullptr;
    auto channel = std::make_unique<HttpChannel>(*this, e);
    channels.push_back(channel.get());
    return channel;
  }
  void request_stop() override { stop_requested = true; }
  std::uint64_t memory() const override { return 0; }
  std::string recent_errors() const override { return "printed"; }

  ProcessEvents& events;
  std::vector<HttpChannel*> channels;
  bool refuse = false;
  bool stop_requested = false;
};

HttpChannel::HttpChannel(HttpProcess& owner, ChannelEvents& e) : process(owner), events(e) {}
HttpChannel::~HttpChannel() {
  std::erase(process.channels, this);
}

struct HttpLauncher final : WorkerLauncher {
  std::unique_ptr<WorkerProcess> launch(const LaunchSpec&, ProcessEvents& events, std::string&) override {
    auto process = std::make_unique<HttpProcess>(events);
    last = process.get();
    ++launched;
    return process;
  }
  HttpProcess* last = nullptr;
  int launched = 0;
};

class MemoryBody final : public BodySource {
 public:
  explicit MemoryBody(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size() + missing; }
  std::size_t read(std::uint64_t offset, std::span<char> out) override {
    return text_.copy(out.data(), out.size(), static_cast<std::size_t>(offset));
  }
  std::uint64_t missing = 0;

 private:
  std::string text_;
};

class HttpExchange final : public Exchange {
 public:
  HttpExchange() {
    cgi.method = "GET";
    cgi.request_uri = "/blog/page?x=1";
    cgi.server_name = "site.example";
    cgi.server_port = 80;
    cgi.remote_address = "192.0.2.7";
  }
  const CgiRequest& request() override { return cgi; }
  BodySource* body() override { return source; }
  bool may_repeat() const override { return source == nullptr && protocols.empty(); }
  std::string_view upgrade() const override { return protocols; }
  void on_head(const ResponseHead& head) override { status = head.status; }
  void on_body(std::string_view data) override { text.append(data); }
  void on_end(bool whole) override { end = whole ? "complete" : "cut"; }
  void on_failure(const FailureInfo& info) override {
    end = "failed";
    failure = info;
  }
  void on_tunnel_writable() override { ++writable; }

  CgiRequest cgi;
  BodySource* source = nullptr;
  std::string protocols;
  unsigned status = 0;
  std::string text;
  std::string end;
  FailureInfo failure;
  int writable = 0;
};

struct Fixture {
  explicit Fixture(HttpWorkerOptions options = {}, PoolSettings settings = {})
      : pool(settings, LaunchSpec(),
             {clock, launcher,
              [this, options](WorkerOwner& owner) { return std::make_unique<HttpWorker>(owner, clock, options); },
              [this](PoolEvent event, int, std::string_view) { events.push_back(event); }}) {}

  void submit(HttpExchange& exchange) { pool.submit(exchange); }
  /// Starts the worker, which accepts its first connection.
  void start(HttpExchange& exchange) {
    pool.submit(exchange);
    channel(0).events.on_channel_open();
  }
  HttpChannel& channel(std::size_t index) { return *launcher.last->channels.at(index); }
  std::string sent(std::size_t index) { return std::exchange(channel(index).out, {}); }
  void receive(std::size_t index, std::string_view bytes) { channel(index).events.on_channel_data(bytes); }
  void pass(Duration time) {
    clock.advance(time);
    pool.tick();
  }

  FakeClock clock;
  HttpLauncher launcher;
  std::vector<PoolEvent> events;
  WorkerPool pool;
};

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr std::string_view kSwitch =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("an HTTP worker gets the request and its connection is kept", "[http_worker]") {
  HttpWorkerOptions options;
  options.physical_path = "/srv/blog";
  options.virtual_path = "/blog";
  Fixture f(options);
  HttpExchange first;
  f.start(first);
  const std::string request = f.sent(0);
  CHECK(request.starts_with("GET /blog/page?x=1 HTTP/1.1\r\nHost: site.example\r\n"));
  CHECK(has(request, "\r\nX-Forwarded-For: 192.0.2.7\r\n"));
  CHECK(has(request, "\r\nX-Zoo-Appl-Physical-Path: /srv/blog\r\n"));
  CHECK(has(request, "\r\nX-Zoo-Appl-Virtual-Path: /blog\r\n"));
  CHECK(has(request, "\r\nConnection: keep-alive\r\n"));
  f.receive(0, kOk);
  CHECK(first.status == 200);
  CHECK(first.text == "ok");
  CHECK(first.end == "complete");

  HttpExchange second;
  f.submit(second);
  CHECK(f.launcher.last->channels.size() == 1);
  CHECK(has(f.sent(0), "GET /blog/page"));
}

TEST_CASE("requests run side by side, each on a connection", "[http_worker]") {
  Fixture f;
  HttpExchange first;
  HttpExchange second;
  f.start(first);
  f.submit(second);
  REQUIRE(f.launcher.last->channels.size() == 2);
  CHECK(f.launcher.launched == 1);
  f.receive(1, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  CHECK(second.status == 404);
  CHECK(first.end.empty());
  f.receive(0, kOk);
  CHECK(first.end == "complete");
}

TEST_CASE("more requests than connections wait", "[http_worker]") {
  HttpWorkerOptions options;
  options.max_connections = 1;
  Fixture f(options);
  HttpExchange first;
  HttpExchange second;
  f.start(first);
  f.submit(second);
  CHECK(f.pool.queued() == 1);
  f.receive(0, kOk);
  CHECK(f.pool.queued() == 0);
  CHECK(has(f.sent(0), "GET "));
}

TEST_CASE("bodies are sent by and by, and an early answer ends the connection", "[http_worker]") {
  Fixture f;
  MemoryBody body(std::string(300'000, 'b'));
  HttpExchange exchange;
  exchange.cgi.method = "POST";
  exchange.cgi.content_length = body.size();
  exchange.source = &body;
  f.start(exchange);
  CHECK(has(f.sent(0), "\r\nContent-Length: 300000\r\n"));
  std::size_t total = 0;
  for (int i = 0; i < 2; ++i) {
    f.channel(0).events.on_channel_drained();
    total += f.sent(0).size();
  }
  CHECK(total == 2 * 128 * 1024);
  f.receive(0, kOk);
  CHECK(exchange.end == "complete");
  HttpExchange next;
  f.submit(next);
  CHECK(f.launcher.last->channels.size() == 2);
  CHECK(has(f.sent(1), "GET "));
}

TEST_CASE("a body that cannot be read again fails its request", "[http_worker]") {
  Fixture f;
  MemoryBody body("short");
  body.missing = 10;
  HttpExchange exchange;
  exchange.cgi.method = "POST";
  exchange.cgi.content_length = body.size();
  exchange.source = &body;
  f.start(exchange);
  f.channel(0).events.on_channel_drained();
  CHECK(exchange.failure.kind == ExchangeFailure::kBodyLost);
}

TEST_CASE("a kept connection that the worker has closed is no failure", "[http_worker]") {
  Fixture f;
  HttpExchange first;
  f.start(first);
  f.receive(0, kOk);
  HttpExchange second;
  f.submit(second);
  f.channel(0).events.on_channel_closed("reset");
  REQUIRE(f.launcher.last->channels.size() == 1);
  CHECK(has(f.sent(0), "GET "));
  f.receive(0, kOk);
  CHECK(second.end == "complete");
}

TEST_CASE("a request that must not run twice is not repeated", "[http_worker]") {
  Fixture f;
  HttpExchange first;
  f.start(first);
  f.receive(0, kOk);
  MemoryBody body("x");
  HttpExchange second;
  second.cgi.method = "POST";
  second.cgi.content_length = 1;
  second.source = &body;
  f.submit(second);
  f.channel(0).events.on_channel_closed("reset");
  CHECK(second.failure.kind == ExchangeFailure::kWorkerEnded);
  CHECK(second.failure.worker_errors == "printed");
}

TEST_CASE("a response that is not HTTP fails its request only", "[http_worker]") {
  Fixture f;
  HttpExchange bad;
  HttpExchange good;
  f.start(bad);
  f.submit(good);
  f.receive(0, "SMTP ready\r\n");
  CHECK(bad.failure.kind == ExchangeFailure::kBadResponse);
  f.receive(1, kOk);
  CHECK(good.end == "complete");
}

TEST_CASE("a worker that dies cuts what has begun and fails the rest", "[http_worker]") {
  Fixture f;
  HttpExchange begun;
  HttpExchange waiting;
  f.start(begun);
  f.submit(waiting);
  f.receive(0, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  f.launcher.last->events.on_process_exit("signal 9");
  CHECK(begun.end.empty());  // more of it may be on its way
  f.channel(1).events.on_channel_closed("closed");
  f.channel(0).events.on_channel_closed("closed");
  CHECK(begun.end == "cut");
  CHECK(waiting.failure.text.find("signal 9") != std::string::npos);
  CHECK(waiting.failure.kind == ExchangeFailure::kWorkerEnded);
}

TEST_CASE("an HTTP worker that is silent is killed", "[http_worker]") {
  PoolSettings settings;
  settings.request_timeout = seconds(10);
  Fixture f({}, settings);
  HttpExchange exchange;
  f.start(exchange);
  f.pass(seconds(9));
  CHECK(exchange.end.empty());
  f.pass(seconds(2));
  CHECK(exchange.failure.kind == ExchangeFailure::kWorkerTimeout);
}

TEST_CASE("a slow client pauses its own connection only", "[http_worker]") {
  PoolSettings settings;
  settings.request_timeout = seconds(10);
  Fixture f({}, settings);
  HttpExchange slow;
  HttpExchange quick;
  f.start(slow);
  f.submit(quick);
  slow.set_paused(true);
  CHECK_FALSE(f.channel(0).reading);
  CHECK(f.channel(1).reading);
  f.receive(1, kOk);
  f.pass(seconds(30));  // its silence is the client's fault
  CHECK(slow.end.empty());
  slow.set_paused(false);
  CHECK(f.channel(0).reading);
}

TEST_CASE("a client that leaves takes its connection along", "[http_worker]") {
  Fixture f;
  auto gone = std::make_unique<HttpExchange>();
  f.start(*gone);
  gone->cancel();
  gone.reset();
  HttpExchange next;
  f.submit(next);
  REQUIRE(f.launcher.last->channels.size() == 2);  // the answer to the first would be taken for the second's
  f.receive(1, kOk);
  CHECK(next.end == "complete");
  f.pass(seconds(1));
  f.pass(seconds(1));
  CHECK(f.launcher.last->channels.size() == 1);
}

TEST_CASE("upgraded connections pass bytes both ways", "[http_worker]") {
  Fixture f;
  HttpExchange socket;
  socket.protocols = "websocket";
  f.start(socket);
  CHECK(has(f.sent(0), "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"));
  f.receive(0, std::string(kSwitch) + "hello");
  CHECK(socket.status == 101);
  CHECK(socket.text == "hello");
  CHECK(socket.send_tunnel("to worker"));
  CHECK(f.sent(0) == "to worker");
  f.channel(0).blocked = 1'000'000;
  CHECK_FALSE(socket.send_tunnel("more"));
  f.channel(0).events.on_channel_drained();
  CHECK(socket.writable == 1);
  f.channel(0).events.on_channel_closed("end");
  CHECK(socket.end == "complete");
}

TEST_CASE("upgraded connections take no room and keep no worker", "[http_worker]") {
  HttpWorkerOptions options;
  options.max_connections = 1;
  PoolSettings settings;
  settings.request_timeout = seconds(10);
  settings.idle_timeout = seconds(20);
  settings.min_instances = 0;
  Fixture f(options, settings);
  HttpExchange socket;
  HttpExchange page;
  socket.protocols = "websocket";
  f.start(socket);
  f.submit(page);
  CHECK(f.pool.queued() == 1);
  f.receive(0, kSwitch);
  CHECK(f.pool.queued() == 0);  // there is room again
  f.receive(1, kOk);
  CHECK(page.end == "complete");
  for (int i = 0; i < 40; ++i) f.pass(seconds(1));
  CHECK_FALSE(f.launcher.last->stop_requested);  // somebody is connected: it is not idle
  CHECK(socket.end.empty());
  f.pool.stop();
  CHECK(f.launcher.last->stop_requested);
  f.launcher.last->events.on_process_exit("exit code 0");
  f.pass(seconds(1));
  CHECK(socket.end == "cut");
}

TEST_CASE("a worker that does not listen yet is tried again", "[http_worker]") {
  Fixture f;
  HttpExchange exchange;
  f.submit(exchange);
  f.channel(0).events.on_channel_closed("refused");
  f.pass(milliseconds(200));
  REQUIRE(f.launcher.last->channels.size() == 1);
  CHECK(exchange.end.empty());
  f.channel(0).events.on_channel_open();
  CHECK(has(f.sent(0), "GET "));
}

TEST_CASE("PROXYPASS replaces the application's path", "[http_worker]") {
  CHECK(proxied_target("/blog/page?x=1", "/blog", "/") == "/page?x=1");
  CHECK(proxied_target("/blog", "/blog", "/") == "/");
  CHECK(proxied_target("/blog?x", "/blog", "/") == "/?x");
  CHECK(proxied_target("/Blog/x", "/blog", "/api/v1/") == "/api/v1/x");
  CHECK(proxied_target("/x", "/", "/api") == "/api/x");
  CHECK(proxied_target("/blogger", "/blog", "/") == "/blogger");
  CHECK(proxied_target("/%62log/x", "/blog", "/") == "/%62log/x");
  CHECK(proxied_target("/blog/x", "/blog", "/blog") == "/blog/x");

  HttpWorkerOptions options;
  options.virtual_path = "/blog";
  options.proxy_pass = "/";
  options.substitute_host = "inside.example";
  Fixture f(options);
  HttpExchange exchange;
  f.start(exchange);
  const std::string request = f.sent(0);
  CHECK(request.starts_with("GET /page?x=1 HTTP/1.1\r\nHost: inside.example\r\n"));
  CHECK(has(request, "\r\nX-Forwarded-Host: site.example\r\n"));
}
