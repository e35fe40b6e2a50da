// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "module/core/worker_process.h"
#include "module/posix/event_loop.h"

namespace zoo::module {

/// A connected (or connecting) stream socket to a worker.
class SocketChannel final : public WorkerChannel, private ReadyEvents, private Flushable {
 public:
  enum class Start { kConnected, kConnecting };

  /// Takes the descriptor.
  SocketChannel(EventLoop& loop, int fd, Start start, ChannelEvents& events);
  ~SocketChannel() override;

  std::string& output() override { return output_; }
  void written_to() override;
  std::size_t pending() const override { return output_.size() - sent_; }
  void set_reading(bool reading) override;

 private:
  void on_readable() override;
  void on_writable() override;
  void flush() override;
  bool write_out();
  void finish_connecting();
  void close(std::string_view reason);

  EventLoop& loop_;
  Descriptor descriptor_;
  ChannelEvents& events_;
  std::string output_;
  std::size_t sent_ = 0;
  bool connecting_;
  bool open_ = false;
  bool reading_ = true;
  bool blocked_ = false;
  bool closed_ = false;
  std::shared_ptr<char> token_ = std::make_shared<char>();  // gone when the channel is: callbacks may destroy it
};

}  // namespace zoo::module
