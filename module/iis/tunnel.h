// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "module/iis/duplex.h"
#include "module/win/event_loop.h"

namespace zoo::module {

/// What a tunnel tells its request, on the thread of the loop.
class TunnelEvents {
 public:
  TunnelEvents() = default;
  TunnelEvents(const TunnelEvents&) = delete;
  TunnelEvents& operator=(const TunnelEvents&) = delete;
  virtual ~TunnelEvents() = default;

  /// Comes first, unless it is ended before: the tunnel can be used.
  virtual void on_tunnel_open() = 0;
  /// Bytes of the client. False: none are read until Tunnel::read() is called.
  virtual bool on_tunnel_data(std::string_view data) = 0;
  /// The client has taken what was written.
  virtual void on_tunnel_sent() = 0;
  /// The client is gone, or the tunnel was ended.
  virtual void on_tunnel_lost() = 0;
  /// Comes last: IIS owes nothing any more.
  virtual void on_tunnel_idle() = 0;
};

/// The client's side of an upgraded connection (101 Switching Protocols): one read and one write of IIS at a time, each
/// completed by a callback on a thread of IIS. Their callbacks keep the tunnel, and the tunnel its events, until
/// on_tunnel_idle(). What IIS completes reaches the loop without new memory: IIS must not be owed anything when the
/// request ends. All but start() on the thread of the loop.
class Tunnel final : public std::enable_shared_from_this<Tunnel> {
 public:
  /// `loop` lives as long as the events.
  Tunnel(const Duplex& duplex, std::shared_ptr<TunnelEvents> events, EventLoop& loop);
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;
  ~Tunnel() = default;

  /// Sends the head that has been set on the response, which OnSendResponse makes opaque, then `first`; then reads.
  /// In a notification. False: IIS refuses; nothing is told.
  bool start(std::string first) noexcept;

  void read();
  void write(std::string_view data);
  std::size_t pending() const noexcept { return queue_.size() + sending_.size(); }
  /// Ends it when what was written has been sent.
  void close();
  /// Ends it now.
  void lose();

 private:
  static REQUEST_NOTIFICATION_STATUS WINAPI read_done(IHttpContext3*, IHttpCompletionInfo2* info, void* tunnel);
  static REQUEST_NOTIFICATION_STATUS WINAPI write_done(IHttpContext3*, IHttpCompletionInfo2* info, void* tunnel);

  void complete_read(DWORD bytes, HRESULT status) noexcept;
  void complete_write(HRESULT status) noexcept;
  void on_open();
  void on_read();
  void on_written();
  void begin_write();
  void settle();

  Duplex duplex_;
  std::shared_ptr<TunnelEvents> events_;
  Wakeup opened_;
  Wakeup read_;
  Wakeup written_;
  std::shared_ptr<Tunnel> opener_;  // this, until on_open()
  std::shared_ptr<Tunnel> reader_;  // this, while IIS has a read of it, or the loop has not heard of its end
  std::shared_ptr<Tunnel> writer_;
  // How they have ended.
  HRESULT read_status_ = S_OK;
  DWORD read_bytes_ = 0;
  HRESULT write_status_ = S_OK;
  std::array<char, 16U << 10U> buffer_{};
  std::string queue_;
  std::string sending_;  // lives until IIS has sent it
  HTTP_DATA_CHUNK chunk_{};
  bool opening_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool closing_ = false;
  bool lost_ = false;
  bool cancelled_ = false;
};

}  // namespace zoo::module
