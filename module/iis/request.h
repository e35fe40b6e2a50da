// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "module/core/exchange.h"
#include "module/iis/bridge.h"
#include "module/iis/httpserv.h"
#include "module/iis/request_facts.h"
#include "module/iis/tunnel.h"
#include "module/win/body_store.h"
#include "module/win/mutex.h"

namespace zoo::module {

/// One request between IIS and its application. Two sides share it:
///  - the notifications, on threads of IIS, one after the other: they alone touch the objects of IIS. They read the
///  body,
///    and write what the other side has queued;
///  - the exchange, on the thread of the loop: it queues the response and wakes the notifications by PostCompletion().
/// Lives until both are done with it. After an upgrade a Tunnel has the connection, and notifications come only when it
/// is through with it.
class Request final : public std::enable_shared_from_this<Request>,
                      private Exchange,
                      private TunnelEvents,
                      private InFlight {
 public:
  /// `duplex`: what upgrades need, where IIS has it.
  Request(std::shared_ptr<Bridge> bridge, IHttpContext& context, std::optional<Duplex> duplex);
  ~Request() override = default;

  // Notifications. Each may come before the one before it has returned, since the operation that it starts may complete
  // at once: they wait for each other.
  REQUEST_NOTIFICATION_STATUS on_execute();
  REQUEST_NOTIFICATION_STATUS on_completion(DWORD bytes, HRESULT status);

  /// A head is about to be sent. Is it that of an upgrade, after which the connection carries no HTTP? Any thread of
  /// IIS, also inside of the other notifications.
  bool turns_opaque() const noexcept { return turns_opaque_; }

  /// The client is gone. Any thread.
  void on_disconnect();
  /// A notification has failed with an exception: IIS ends the request, and the exchange must not outlive it.
  void give_up() noexcept;

 private:
  enum class Phase { kBody, kResponse, kTunnel, kFinished };

  struct Head {
    unsigned status = 200;
    std::string reason;
    std::optional<std::uint64_t> content_length;
    std::vector<std::pair<std::string, std::string>> fields;
  };
  struct Piece {
    std::optional<Head> head;
    std::string data;
    bool ended = false;
    bool complete = false;
    bool failed_inside = false;
  };

  // On threads of IIS.
  REQUEST_NOTIFICATION_STATUS read_body();
  bool take_body(DWORD bytes);
  REQUEST_NOTIFICATION_STATUS end_body();
  REQUEST_NOTIFICATION_STATUS fail(unsigned status, std::string_view text);
  REQUEST_NOTIFICATION_STATUS write_response();
  std::optional<Piece> take_piece();
  bool apply_head(const Head& head);
  bool set_field(const std::string& name, const std::string& value, bool replace);
  void limit_data(Piece& piece);
  REQUEST_NOTIFICATION_STATUS open_tunnel(Piece& piece);
  bool write_piece(Piece& piece, bool& pending);
  REQUEST_NOTIFICATION_STATUS end_incomplete(bool failed_inside);
  REQUEST_NOTIFICATION_STATUS finish(bool complete);
  void cancel_later() noexcept;

  // On the thread of the loop.
  const CgiRequest& request() override { return facts_.cgi(); }
  BodySource* body() override { return facts_.has_body() ? &body_ : nullptr; }
  bool may_repeat() const override;
  std::string_view upgrade() const override { return upgrade_; }
  void on_head(const ResponseHead& head) override;
  void on_body(std::string_view data) override;
  void on_end(bool complete) override;
  void on_failure(const FailureInfo& failure) override;
  void on_tunnel_writable() override { tunnel_->read(); }
  void take_head(const ResponseHead& head);
  void take_data(std::string_view data);
  void resume();

  // What goes wrong on the thread of the loop.
  template <typename Action>
  void guarded(const Action& action);
  void on_loop_failed() noexcept override;
  void on_loop_emptied() noexcept override { lease().forget(); }
  void end_if_given_up() override;
  void fail_inside() noexcept;
  void submit();
  void leave();

  // The tunnel, on the thread of the loop.
  void on_tunnel_open() override;
  bool on_tunnel_data(std::string_view data) override { return send_tunnel(data); }
  void on_tunnel_sent() override;
  void on_tunnel_lost() override;
  void on_tunnel_idle() override;
  void feed_tunnel();

  // On either.
  void queue_error(unsigned status, std::string_view text, const FailureInfo* failure);
  void wake_locked();

  std::shared_ptr<Bridge> bridge_;
  IHttpContext& context_;
  const std::optional<Duplex> duplex_;
  RequestFacts facts_;
  std::shared_ptr<const AppDefinition> definition_;
  BodyStore body_;
  const bool safe_method_;
  const std::string_view upgrade_;  // of facts_; empty: none that can be served
  std::atomic<bool> turns_opaque_{false};
  std::shared_ptr<Tunnel> tunnel_;

  Mutex notification_;  // held in notifications
  Phase phase_ = Phase::kBody;
  std::vector<char> buffer_;  // for the body
  std::string sending_;       // lives until IIS has sent it
  HTTP_DATA_CHUNK chunk_{};
  bool no_body_ = false;
  bool short_body_ = false;
  std::optional<std::uint64_t> left_;  // of the announced length

  Mutex mutex_;        // guards what follows
  bool awake_ = true;  // a notification runs, or IIS owes one
  bool finished_ = false;
  bool submitted_ = false;
  bool gone_ = false;  // the client, before it was submitted
  bool in_tunnel_ = false;
  std::optional<Head> head_;
  std::string queued_;
  bool ended_ = false;
  bool complete_ = false;
  bool paused_ = false;
  bool failed_inside_ = false;  // there was no memory for a response

  std::atomic<bool> given_up_{false};   // there was no memory to tell the loop that it is over
  std::optional<Bridge::Place> place_;  // of the loop's thread
};

}  // namespace zoo::module
