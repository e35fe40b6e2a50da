// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <asio/buffer.hpp>
#include <asio/post.hpp>
#include <asio/write.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "module/core/worker_process.h"
#include "module/win/event_loop_impl.h"

namespace zoo::module {

/// A byte stream to a worker over an Asio stream (a pipe's client end or a socket). For the source files of this folder
/// only. What completes after the channel is gone is dropped: the state lives as long as its operations.
template <typename Stream>
class StreamChannel final : public WorkerChannel, private Flushable {
 public:
  struct State;
  /// Connects `state->stream`, then calls state->open() or state->close(); called once, at once.
  using Connector = std::function<void(const std::shared_ptr<State>& state)>;

  StreamChannel(EventLoop& loop, Stream stream, ChannelEvents& events, const Connector& connect)
      : loop_(loop), state_(std::make_shared<State>(std::move(stream), events)) {
    connect(state_);
  }
  ~StreamChannel() override {
    state_->events = nullptr;
    asio::error_code ignored;
    state_->stream.close(ignored);
  }

  std::string& output() override { return state_->output; }
  void written_to() override { flush_later(loop_.flushes()); }
  std::size_t pending() const override { return state_->output.size() + state_->sending.size(); }
  void set_reading(bool reading) override { state_->set_reading(reading); }

 private:
  void flush() override { state_->write(); }

  EventLoop& loop_;
  std::shared_ptr<State> state_;
};

template <typename Stream>
struct StreamChannel<Stream>::State : std::enable_shared_from_this<State> {
  static constexpr std::size_t kKeepCapacity = 64U << 10U;

  State(Stream s, ChannelEvents& e) : stream(std::move(s)), events(&e) {}

  void open() {
    if (events == nullptr) return;
    is_open = true;
    events->on_channel_open();
    write();
    read();
  }

  void close(std::string_view reason) {
    asio::error_code ignored;
    stream.close(ignored);
    if (ChannelEvents* last = std::exchange(events, nullptr)) last->on_channel_closed(reason);
  }

  void set_reading(bool value) {
    reading = value;
    if (!reading || !is_open) return;
    // Not from here: the caller may be inside on_channel_data().
    asio::post(stream.get_executor(), [self = this->shared_from_this()] {
      self->hand_over();
      self->read();
    });
  }

  // What a read that was under way has brought while nobody wanted it.
  void hand_over() {
    if (events == nullptr || !reading || held == 0) return;
    events->on_channel_data({buffer.data(), std::exchange(held, 0)});
  }

  void read() {
    if (events == nullptr || !is_open || !reading || read_pending || held != 0) return;
    read_pending = true;
    stream.async_read_some(asio::buffer(buffer),
                           [self = this->shared_from_this()](const asio::error_code& error, std::size_t count) {
                             self->on_read(error, count);
                           });
  }

  void on_read(const asio::error_code& error, std::size_t count) {
    read_pending = false;
    if (events == nullptr) return;
    if (error) {
      close(error == asio::error::eof ? "it was closed by the worker" : error.message());
      return;
    }
    held = count;
    hand_over();
    read();
  }

  void write() {
    if (events == nullptr || !is_open || write_pending || output.empty()) return;
    write_pending = true;
    sending.swap(output);
    asio::async_write(
        stream, asio::buffer(sending),
        [self = this->shared_from_this()](const asio::error_code& error, std::size_t) { self->on_written(error); });
  }

  void on_written(const asio::error_code& error) {
    write_pending = false;
    if (sending.capacity() > kKeepCapacity) {
      std::string().swap(sending);
    } else {
      sending.clear();
    }
    if (events == nullptr) return;
    // Its answer may lie in the pipe although it reads no more: the end of that tells.
    if (error) return;
    if (output.empty()) {
      events->on_channel_drained();
    } else {
      write();
    }
  }

  Stream stream;
  ChannelEvents* events;
  std::string output;
  std::string sending;
  std::array<char, 64 * 1024> buffer;
  std::size_t held = 0;
  bool is_open = false;
  bool reading = true;
  bool read_pending = false;
  bool write_pending = false;
};

}  // namespace zoo::module
