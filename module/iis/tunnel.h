// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "module/iis/duplex.h"

namespace zoo::module {

/// What a tunnel tells its request, on the thread of the loop.
class TunnelEvents {
 public:
  TunnelEvents() = default;
  TunnelEvents(const TunnelEvents&) = delete;
  TunnelEvents& operator=(const TunnelEvents&) = delete;
  virtual ~TunnelEvents() = default;

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
/// on_tunnel_idle(). All but start() on the thread of the loop.
class Tunnel final : public std::enable_shared_from_this<Tunnel> {
 public:
  /// Runs its argument on the thread of the loop, soon.
  using Post = std::function<void(std::function<void()>)>;

  Tunnel(const Duplex& duplex, std::shared_ptr<TunnelEvents> events, Post post);
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;
  ~Tunnel() = default;

  /// Sends the head that has been set on the response, which OnSendResponse makes opaque, then `first`; then reads.
  /// In a notification. False: IIS refuses; nothing is told.
  bool start(std::string first);

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

  void post_read(DWORD bytes, HRESULT status);
  void post_write(HRESULT status);
  void on_read(DWORD bytes, HRESULT status);
  void on_written(HRESULT status);
  void begin_write();
  void settle();

  Duplex duplex_;
  std::shared_ptr<TunnelEvents> events_;
  Post post_;
  std::shared_ptr<Tunnel> reader_;  // this, while IIS has a read of it
  std::shared_ptr<Tunnel> writer_;
  std::array<char, 16U << 10U> buffer_{};
  std::string queue_;
  std::string sending_;  // lives until IIS has sent it
  HTTP_DATA_CHUNK chunk_{};
  bool reading_ = false;
  bool writing_ = false;
  bool closing_ = false;
  bool lost_ = false;
  bool cancelled_ = false;
};

}  // namespace zoo::module
