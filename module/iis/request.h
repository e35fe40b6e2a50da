// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "module/core/exchange.h"
#include "module/iis/bridge.h"
#include "module/iis/httpserv.h"
#include "module/iis/request_facts.h"
#include "module/win/body_store.h"

namespace zoo::module {

/// One request between IIS and its application. Two sides share it:
///  - the notifications, on threads of IIS, one after the other: they alone touch the objects of IIS. They read the
///  body,
///    and write what the other side has queued;
///  - the exchange, on the thread of the loop: it queues the response and wakes the notifications by PostCompletion().
/// Lives until both are done with it.
class Request final : public std::enable_shared_from_this<Request>, private Exchange {
 public:
  Request(std::shared_ptr<Bridge> bridge, IHttpContext& context);
  ~Request() override = default;

  // Notifications. Each may come before the one before it has returned, since the operation that it starts may complete
  // at once: they wait for each other.
  REQUEST_NOTIFICATION_STATUS on_execute();
  REQUEST_NOTIFICATION_STATUS on_completion(DWORD bytes, HRESULT status);

  /// The client is gone. Any thread.
  void on_disconnect();

 private:
  enum class Phase { kBody, kResponse, kFinished };

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
  bool write_piece(const Piece& piece, bool& pending);
  REQUEST_NOTIFICATION_STATUS finish(bool complete);

  // On the thread of the loop.
  const CgiRequest& request() override { return facts_.cgi(); }
  BodySource* body() override { return facts_.has_body() ? &body_ : nullptr; }
  bool may_repeat() const override;
  std::string_view upgrade() const override { return {}; }
  void on_head(const ResponseHead& head) override;
  void on_body(std::string_view data) override;
  void on_end(bool complete) override;
  void on_failure(const FailureInfo& failure) override;
  void on_tunnel_writable() override {}
  void resume();

  // On either.
  void queue_error(unsigned status, std::string_view text, const FailureInfo* failure);
  void wake_locked();

  std::shared_ptr<Bridge> bridge_;
  IHttpContext& context_;
  RequestFacts facts_;
  std::shared_ptr<const AppDefinition> definition_;
  BodyStore body_;
  const bool safe_method_;

  std::mutex notification_;  // held in notifications
  Phase phase_ = Phase::kBody;
  std::vector<char> buffer_;  // for the body
  std::string sending_;       // lives until IIS has sent it
  HTTP_DATA_CHUNK chunk_{};
  bool no_body_ = false;
  bool short_body_ = false;
  std::optional<std::uint64_t> left_;  // of the announced length

  std::mutex mutex_;   // guards what follows
  bool awake_ = true;  // a notification runs, or IIS owes one
  bool finished_ = false;
  bool submitted_ = false;
  std::optional<Head> head_;
  std::string queued_;
  bool ended_ = false;
  bool complete_ = false;
  bool paused_ = false;
};

}  // namespace zoo::module
