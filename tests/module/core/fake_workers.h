// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/exchange.h"
#include "module/core/fastcgi_worker.h"
#include "module/core/worker_pool.h"

namespace zoo::module::test {

class FakeClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  void advance(Duration by) { now_ += by; }

 private:
  TimePoint now_ = TimePoint{} + std::chrono::hours(1);
};

/// One record that the front end has sent.
struct SentRecord {
  int type = 0;
  std::uint16_t id = 0;
};

/// A worker process without a process: the test plays it.
class FakeProcess final : public WorkerProcess {
 public:
  struct Channel;

  FakeProcess(int id, ProcessEvents& events, std::vector<FakeProcess*>& all) : id_(id), events_(events), all_(all) {
    all_.push_back(this);
  }
  ~FakeProcess() override { std::erase(all_, this); }

  int id() const override { return id_; }
  std::unique_ptr<WorkerChannel> open_channel(ChannelEvents& events) override;
  void request_stop() override { stop_requested = true; }
  std::uint64_t memory() const override { return memory_used; }
  std::string recent_errors() const override { return "printed by " + std::to_string(id_); }

  /// The connection is open; one of our own workers answers the probe with `become_ready`.
  void become_ready();
  /// Ids of requests that were begun here and neither answered nor aborted.
  std::vector<std::uint16_t> waiting() const;
  std::vector<SentRecord> records() const;
  void answer(std::uint16_t id, std::string_view stdout_text = "Content-Type: text/plain\r\n\r\nok");
  /// The answer to an abort of a request that was not begun.
  void end_aborted(std::uint16_t id) { end(id, 0); }
  void end(std::uint16_t id, int protocol_status);
  /// Text for the log.
  void say(std::uint16_t id, std::string_view text);
  void send(std::string_view bytes);
  /// Closes the connection, as programs do before they are gone.
  void close();
  /// It ends, and its connection with it.
  void exit(std::string_view how);
  /// The same, as it is seen when the last that it has sent is still on its way: close() follows.
  void exit_before_connection(std::string_view how) { events_.on_process_exit(how); }

  bool stop_requested = false;
  std::uint64_t memory_used = 0;

 private:
  int id_;
  ProcessEvents& events_;
  std::vector<FakeProcess*>& all_;
  Channel* channel_ = nullptr;
  std::vector<std::uint16_t> answered_;  // in the order of the answers; ids are used again
};

class FakeLauncher final : public WorkerLauncher {
 public:
  std::unique_ptr<WorkerProcess> launch(const LaunchSpec&, ProcessEvents& events, std::string& error) override {
    if (refuse) {
      error = "no such program";
      return nullptr;
    }
    return std::make_unique<FakeProcess>(++launched, events, processes);
  }

  std::vector<FakeProcess*> processes;  ///< Those that are alive.
  int launched = 0;
  bool refuse = false;
};

class FakeExchange final : public Exchange {
 public:
  explicit FakeExchange(bool repeatable = true) : repeatable_(repeatable) {
    request_.method = repeatable ? "GET" : "POST";
    request_.request_uri = "/";
    request_.server_name = "test";
  }

  const CgiRequest& request() override { return request_; }
  BodySource* body() override { return nullptr; }
  bool may_repeat() const override { return repeatable_; }
  std::string_view upgrade() const override { return {}; }
  void on_head(const ResponseHead& head) override { status = head.status; }
  void on_body(std::string_view data) override { body_text.append(data); }
  void on_end(bool whole) override {
    ended = true;
    complete = whole;
  }
  void on_failure(const FailureInfo& info) override {
    failed = true;
    failure = info;
  }
  void on_tunnel_writable() override {}

  unsigned status = 0;
  std::string body_text;
  bool ended = false;
  bool complete = false;
  bool failed = false;
  FailureInfo failure;

 private:
  bool repeatable_;
  CgiRequest request_;
};

}  // namespace zoo::module::test
