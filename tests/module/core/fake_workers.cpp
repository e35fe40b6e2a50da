// SPDX-License-Identifier: Apache-2.0
#include "tests/module/core/fake_workers.h"

#include <algorithm>

namespace zoo::module::test {
namespace {

constexpr int kBegin = 1;
constexpr int kAbort = 2;
constexpr char kEnd = 3;
constexpr char kStdout = 6;
constexpr char kStderr = 7;
constexpr char kValuesResult = 10;

std::string record(char type, std::uint16_t id, std::string_view content) {
  std::string out = {1,
                     type,
                     static_cast<char>(id >> 8),
                     static_cast<char>(id & 0xFF),
                     static_cast<char>(content.size() >> 8),
                     static_cast<char>(content.size() & 0xFF),
                     0,
                     0};
  return out.append(content);
}

}  // namespace

struct FakeProcess::Channel final : WorkerChannel {
  Channel(FakeProcess& owner, ChannelEvents& e) : process(owner), events(e) { process.channel_ = this; }
  ~Channel() override { process.channel_ = nullptr; }
  std::string& output() override { return out; }
  void written_to() override {}
  std::size_t pending() const override { return 0; }
  void set_reading(bool on) override { reading = on; }

  FakeProcess& process;
  ChannelEvents& events;
  std::string out;
  bool reading = true;
};

std::unique_ptr<WorkerChannel> FakeProcess::open_channel(ChannelEvents& events) {
  return std::make_unique<Channel>(*this, events);
}

void FakeProcess::exit(std::string_view how) {
  exit_before_connection(how);
  if (channel_ != nullptr) close();
}

void FakeProcess::close() {
  channel_->events.on_channel_closed("it has closed the connection");
}

void FakeProcess::become_ready() {
  channel_->events.on_channel_open();
  const auto sent = records();
  if (!sent.empty() && sent.front().type == 9) send(record(kValuesResult, 0, {}));
}

std::vector<SentRecord> FakeProcess::records() const {
  std::vector<SentRecord> found;
  if (channel_ == nullptr) return found;
  const std::string& out = channel_->out;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(out[at]); };
  for (std::size_t at = 0; at + 8 <= out.size();) {
    found.push_back({byte(at + 1), static_cast<std::uint16_t>(byte(at + 2) * 256 + byte(at + 3))});
    at += 8U + byte(at + 4) * 256U + byte(at + 5) + byte(at + 6);
  }
  return found;
}

std::vector<std::uint16_t> FakeProcess::waiting() const {
  std::vector<std::uint16_t> ids;
  std::vector<std::uint16_t> done = answered_;
  for (const SentRecord& sent : records()) {
    if (sent.type == kBegin) {
      const auto found = std::ranges::find(done, sent.id);
      if (found == done.end()) {
        ids.push_back(sent.id);
      } else {
        done.erase(found);
      }
    } else if (sent.type == kAbort) {
      std::erase(ids, sent.id);
    }
  }
  return ids;
}

void FakeProcess::answer(std::uint16_t id, std::string_view stdout_text) {
  send(record(kStdout, id, stdout_text));
  end(id, 0);
}

void FakeProcess::end(std::uint16_t id, int protocol_status) {
  answered_.push_back(id);
  const std::string content = {0, 0, 0, 0, static_cast<char>(protocol_status), 0, 0, 0};
  send(record(kEnd, id, content));
}

void FakeProcess::say(std::uint16_t id, std::string_view text) {
  send(record(kStderr, id, text));
}

void FakeProcess::send(std::string_view bytes) {
  channel_->events.on_channel_data(bytes);
}

}  // namespace zoo::module::test
