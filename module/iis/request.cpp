// SPDX-License-Identifier: Apache-2.0
#include "module/iis/request.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include "module/core/error_page.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

constexpr std::size_t kBodyPiece = 64U << 10U;
constexpr std::size_t kHighWater = 256U << 10U;  // of a response that the client has not taken: the worker is paused
constexpr std::size_t kLowWater = 64U << 10U;
constexpr ULONG kDynamicContent = 9;  // the reason for failed-request traces that handlers give
constexpr unsigned kSwitchingProtocols = 101;
constexpr HRESULT kEndOfBody = HRESULT_FROM_WIN32(ERROR_HANDLE_EOF);

bool is_safe_method(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

bool never_has_body(unsigned status) noexcept {
  return status < 200 || status == 204 || status == 304;
}

// IIS says these itself.
bool is_own_field(std::string_view name) noexcept {
  return equals_ignoring_case(name, "date") || equals_ignoring_case(name, "content-length") || is_hop_by_hop(name);
}

void leave_uncached(IHttpResponse& response) {
  response.DisableKernelCache(kDynamicContent);
  if (IHttpCachePolicy* policy = response.GetCachePolicy()) policy->DisableUserCache();
}

std::string_view visitor_text(unsigned status) {
  switch (status) {
    case 400:
      return "The request cannot be passed on to the application";
    case 413:
      return "The request is too large";
    case 502:
      return "The application has not answered as it should";
    case 503:
      return "The application is not available at the moment";
    case 504:
      return "The application has not answered in time";
    default:
      return "The application cannot be run";
  }
}

}  // namespace

Request::Request(std::shared_ptr<Bridge> bridge, IHttpContext& context, std::optional<Duplex> duplex)
    : bridge_(std::move(bridge)),
      context_(context),
      duplex_(duplex),
      facts_(context),
      definition_(bridge_->definition(facts_.application())),
      safe_method_(is_safe_method(facts_.cgi().method)),
      upgrade_(duplex_ && !facts_.has_body() ? facts_.upgrade() : std::string_view()) {}

// ---- Notifications: the request ----

REQUEST_NOTIFICATION_STATUS Request::on_execute() {
  const auto self = shared_from_this();  // IIS may end it on another thread before the lock is free
  const std::lock_guard lock(notification_);
  leave_uncached(*context_.GetResponse());
  if (!definition_->faults.empty()) return fail(500, definition_->faults.front());
  if (!facts_.has_body()) return end_body();
  body_.start(static_cast<std::size_t>(definition_->settings.post_buffer), definition_->settings.post_cache_dir);
  buffer_.resize(kBodyPiece);
  return read_body();
}

REQUEST_NOTIFICATION_STATUS Request::on_completion(DWORD bytes, HRESULT status) {
  const auto self = shared_from_this();  // as in on_execute()
  const std::lock_guard lock(notification_);
  if (phase_ == Phase::kFinished) return RQ_NOTIFICATION_CONTINUE;
  if (phase_ == Phase::kTunnel) {  // it has ended
    context_.GetResponse()->SetNeedDisconnect();
    return finish(true);
  }
  if (phase_ == Phase::kResponse) {
    // The client is gone; the worker's answer is of no use any more.
    if (FAILED(status)) return finish(false);
    return write_response();
  }
  if (status == kEndOfBody || (SUCCEEDED(status) && bytes == 0)) return end_body();
  if (FAILED(status)) return finish(false);
  if (!take_body(bytes)) return fail(500, "the request's body cannot be stored in POST_CACHE_DIR");
  return read_body();
}

// A loop and not a recursion: IIS may have all of a body at hand and never complete later. What IIS says of the bytes
// that remain is no guide: it is a DWORD, and bodies may be longer.
REQUEST_NOTIFICATION_STATUS Request::read_body() {
  IHttpRequest& request = *context_.GetRequest();
  while (!facts_.announced_length() || body_.size() < *facts_.announced_length()) {
    DWORD bytes = 0;
    BOOL pending = FALSE;
    const HRESULT status =
        request.ReadEntityBody(buffer_.data(), static_cast<DWORD>(buffer_.size()), TRUE, &bytes, &pending);
    if (status == kEndOfBody) break;
    if (FAILED(status)) return finish(false);
    if (pending) return RQ_NOTIFICATION_PENDING;
    if (bytes == 0) break;
    if (!take_body(bytes)) return fail(500, "the request's body cannot be stored in POST_CACHE_DIR");
  }
  return end_body();
}

bool Request::take_body(DWORD bytes) {
  return body_.append({buffer_.data(), bytes});
}

REQUEST_NOTIFICATION_STATUS Request::end_body() {
  std::vector<char>().swap(buffer_);
  phase_ = Phase::kResponse;
  if (facts_.announced_length().value_or(0) > body_.size()) {
    return fail(400, "the request's body is shorter than its Content-Length");
  }
  if (facts_.has_body()) facts_.cgi().content_length = body_.size();
  {
    const std::lock_guard lock(mutex_);
    submitted_ = !gone_;
    awake_ = gone_;
  }
  if (!submitted_) return finish(false);
  const bool posted = bridge_->post([self = shared_from_this()] { self->submit(); });
  return posted ? RQ_NOTIFICATION_PENDING : fail(503, "the server is being stopped");
}

REQUEST_NOTIFICATION_STATUS Request::fail(unsigned status, std::string_view text) {
  phase_ = Phase::kResponse;
  {
    const std::lock_guard lock(mutex_);
    awake_ = true;
    submitted_ = false;
  }
  queue_error(status, text, nullptr);
  return write_response();
}

void Request::on_disconnect() {
  const std::lock_guard lock(mutex_);
  gone_ = true;
  if (finished_ || !submitted_) return;  // reading its body fails by itself
  cancel_later();
}

void Request::give_up() noexcept {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  if (submitted_ && !ended_) cancel_later();
}

void Request::cancel_later() noexcept {
  given_up_ = true;
  try {
    bridge_->post([self = shared_from_this()] { self->end_if_given_up(); });
  } catch (...) {
    bridge_->look_for_given_up();
  }
}

// ---- Notifications: the response ----

std::optional<Request::Piece> Request::take_piece() {
  const std::lock_guard lock(mutex_);
  if (!head_ && queued_.empty() && !ended_) {
    awake_ = false;
    return std::nullopt;
  }
  Piece piece{std::exchange(head_, std::nullopt), {}, ended_, complete_, failed_inside_};
  piece.data.swap(queued_);
  return piece;
}

REQUEST_NOTIFICATION_STATUS Request::write_response() {
  while (std::optional<Piece> piece = take_piece()) {
    if (piece->ended && !piece->complete) return end_incomplete(piece->failed_inside);
    if (piece->head && !apply_head(*piece->head)) return finish(false);
    if (piece->head && piece->head->status == kSwitchingProtocols) return open_tunnel(*piece);
    limit_data(*piece);
    if (piece->ended && short_body_) return finish(false);
    bool pending = false;
    if (!write_piece(*piece, pending)) return finish(false);
    if (piece->ended && !pending) return finish(true);
    if (pending) return RQ_NOTIFICATION_PENDING;
    resume();
  }
  resume();
  return RQ_NOTIFICATION_PENDING;
}

// No more than was announced, and it is remembered when it was less.
void Request::limit_data(Piece& piece) {
  if (no_body_) piece.data.clear();
  if (left_) {
    if (piece.data.size() > *left_) piece.data.resize(static_cast<std::size_t>(*left_));
    *left_ -= piece.data.size();
    short_body_ = !no_body_ && *left_ != 0;
  }
}

REQUEST_NOTIFICATION_STATUS Request::open_tunnel(Piece& piece) {
  phase_ = Phase::kTunnel;
  turns_opaque_ = true;
  tunnel_ =
      std::make_shared<Tunnel>(*duplex_, std::shared_ptr<TunnelEvents>(shared_from_this(), this), bridge_->loop());
  return tunnel_->start(std::move(piece.data)) ? RQ_NOTIFICATION_PENDING : finish(false);
}

bool Request::apply_head(const Head& head) {
  IHttpResponse& response = *context_.GetResponse();
  no_body_ = facts_.cgi().method == "HEAD" || never_has_body(head.status);
  const std::string reason(head.reason.empty() ? status_phrase(head.status) : std::string_view(head.reason));
  // TRUE: the pages of <httpErrors> must not take the place of what the application answers.
  if (FAILED(response.SetStatus(static_cast<USHORT>(head.status), reason.c_str(), 0, S_OK, nullptr, TRUE))) {
    return false;
  }
  for (std::size_t i = 0; i < head.fields.size(); ++i) {
    const std::string& name = head.fields[i].first;
    const std::string& value = head.fields[i].second;
    const auto begin = head.fields.begin();
    const bool repeated = std::any_of(begin, begin + static_cast<std::ptrdiff_t>(i),
                                      [&](const auto& field) { return equals_ignoring_case(field.first, name); });
    if (!set_field(name, value, !repeated)) return false;
  }
  if (head.content_length && head.status >= 200 && head.status != 204) {
    if (!set_field("Content-Length", std::to_string(*head.content_length), true)) return false;
    if (!no_body_) left_ = head.content_length;
  }
  return true;
}

bool Request::set_field(const std::string& name, const std::string& value, bool replace) {
  if (value.size() > std::numeric_limits<USHORT>::max()) return false;
  return SUCCEEDED(context_.GetResponse()->SetHeader(name.c_str(), value.c_str(), static_cast<USHORT>(value.size()),
                                                     replace ? TRUE : FALSE));
}

// What is complete at once goes through IIS's buffer, which sends it in one; all else is sent as it comes.
bool Request::write_piece(Piece& piece, bool& pending) {
  IHttpResponse& response = *context_.GetResponse();
  DWORD sent = 0;
  BOOL is_pending = FALSE;
  HRESULT status = S_OK;
  if (piece.head && !piece.ended) response.DisableBuffering();
  if (!piece.data.empty()) {
    sending_.swap(piece.data);
    chunk_ = {};
    chunk_.DataChunkType = HttpDataChunkFromMemory;
    chunk_.FromMemory.pBuffer = sending_.data();
    chunk_.FromMemory.BufferLength = static_cast<ULONG>(sending_.size());
    status = response.WriteEntityChunks(&chunk_, 1, TRUE, piece.ended ? FALSE : TRUE, &sent, &is_pending);
  } else if (piece.head && !piece.ended) {
    status = response.Flush(TRUE, TRUE, &sent, &is_pending);
  }
  pending = is_pending != FALSE;
  return SUCCEEDED(status);
}

// IIS makes the page: there may be no memory for one.
REQUEST_NOTIFICATION_STATUS Request::end_incomplete(bool failed_inside) {
  if (!failed_inside || context_.GetResponseHeadersSent()) return finish(false);
  context_.GetResponse()->SetStatus(503, "Service Unavailable", 0, E_OUTOFMEMORY, nullptr, FALSE);
  finish(true);
  return RQ_NOTIFICATION_FINISH_REQUEST;
}

REQUEST_NOTIFICATION_STATUS Request::finish(bool complete) {
  phase_ = Phase::kFinished;
  bool submitted = false;
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    submitted = submitted_ && !ended_;
  }
  if (submitted) cancel_later();
  if (complete) return RQ_NOTIFICATION_CONTINUE;
  // A response that cannot be completed must not look complete.
  context_.GetResponse()->ResetConnection();
  return RQ_NOTIFICATION_FINISH_REQUEST;
}

// ---- The exchange ----

void Request::submit() {
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || finished_) return;  // the client has left meanwhile
  }
  guarded([&] { place_ = bridge_->enter(std::shared_ptr<InFlight>(shared_from_this(), this)); });
  if (place_) bridge_->submit(definition_, *this);
}

void Request::leave() {
  if (place_) bridge_->leave(*std::exchange(place_, std::nullopt));
}

// What fails for one request (no memory for its answer) ends this one, and none beside it.
template <typename Action>
void Request::guarded(const Action& action) {
  try {
    action();
  } catch (...) {
    fail_inside();
    if (in_tunnel_) {
      tunnel_->lose();
    } else {
      cancel();
      leave();
    }
  }
}

void Request::fail_inside() noexcept {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  ended_ = failed_inside_ = true;
  head_.reset();
  std::string().swap(queued_);
  if (!in_tunnel_) wake_locked();
}

void Request::on_loop_failed() noexcept {
  place_.reset();
  fail_inside();
  if (!in_tunnel_) return;
  lease().forget();  // on_tunnel_lost() must not need the worker
  try {
    tunnel_->lose();
  } catch (...) {
    context_.GetResponse()->ResetConnection();
  }
}

void Request::end_if_given_up() {
  if (!given_up_) return;
  const auto self = shared_from_this();
  cancel();
  on_end(false);
}

bool Request::may_repeat() const {
  return safe_method_ && !facts_.has_body();
}

void Request::on_head(const ResponseHead& head) {
  guarded([&] { take_head(head); });
}

void Request::on_body(std::string_view data) {
  guarded([&] { take_data(data); });
}

void Request::take_head(const ResponseHead& head) {
  Head copy{head.status, std::string(head.reason), head.content_length, {}};
  const bool upgrades = head.status == kSwitchingProtocols;
  for (const HeaderField& field : head.fields) {
    const bool agreed = upgrades && equals_ignoring_case(field.name, "upgrade");
    if (agreed || !is_own_field(field.name)) copy.fields.emplace_back(field.name, field.value);
  }
  if (upgrades) copy.fields.emplace_back("Connection", "Upgrade");
  const std::lock_guard lock(mutex_);
  head_ = std::move(copy);
  // Not woken yet: the body mostly follows in the same batch, and both are sent in one.
  bridge_->post([self = shared_from_this()] {
    const std::lock_guard later(self->mutex_);
    self->wake_locked();
  });
}

void Request::take_data(std::string_view data) {
  {
    const std::lock_guard lock(mutex_);
    queued_.append(data);
    if (queued_.size() > kHighWater && !paused_) {
      paused_ = true;
      set_paused(true);
    }
    if (!in_tunnel_) {
      if (!head_) wake_locked();
      return;
    }
  }
  feed_tunnel();
}

void Request::on_end(bool complete) {
  const auto self = shared_from_this();  // IIS may be done with it before the lock is free
  bool gone = false;
  {
    const std::lock_guard lock(mutex_);
    if (!in_tunnel_) leave();
    if (ended_) return;
    ended_ = true;
    complete_ = complete;
    if (!in_tunnel_) {
      wake_locked();
      return;
    }
    gone = gone_;
  }
  if (gone) {
    tunnel_->lose();
  } else {
    tunnel_->close();
  }
}

void Request::on_failure(const FailureInfo& failure) {
  const auto self = shared_from_this();  // as in on_end()
  guarded([&] { queue_error(failure_status(failure.kind), failure.text, &failure); });
  leave();
}

// The worker is paused and goes on in the order in which the loop does both.
void Request::resume() {
  const std::lock_guard lock(mutex_);
  if (!paused_ || queued_.size() > kLowWater) return;
  bridge_->post([self = shared_from_this()] {
    const std::lock_guard later(self->mutex_);
    if (!self->paused_ || self->queued_.size() > kLowWater) return;
    self->paused_ = false;
    self->set_paused(false);
  });
}

// ---- The tunnel ----

void Request::on_tunnel_open() {
  const auto self = shared_from_this();  // it may end at once
  {
    const std::lock_guard lock(mutex_);
    in_tunnel_ = true;
  }
  guarded([&] {
    bridge_->end_at_drain(tunnel_);
    feed_tunnel();
  });
}

// What has come from the worker before the tunnel was open, or now.
void Request::feed_tunnel() {
  std::string data;
  bool ended = false;
  {
    const std::lock_guard lock(mutex_);
    data.swap(queued_);
    ended = ended_;
  }
  if (!data.empty()) tunnel_->write(data);
  if (ended) {
    tunnel_->close();
  } else if (tunnel_->pending() > kHighWater && !paused_) {
    paused_ = true;
    set_paused(true);
  } else {
    on_tunnel_sent();
  }
}

void Request::on_tunnel_sent() {
  if (!paused_ || tunnel_->pending() > kLowWater) return;
  paused_ = false;
  set_paused(false);
}

void Request::on_tunnel_lost() {
  cancel();
  const std::lock_guard lock(mutex_);
  ended_ = true;
}

void Request::on_tunnel_idle() {
  const auto self = shared_from_this();  // as in on_end()
  leave();
  context_.PostCompletion(0);
}

void Request::queue_error(unsigned status, std::string_view text, const FailureInfo* failure) {
  ErrorPage page;
  page.status = status;
  page.what = visitor_text(status);
  page.reasons.emplace_back(text);
  if (failure != nullptr) {
    page.worker_errors = failure->worker_errors;
    page.retry_after = failure->retry_after;
  }
  std::string html = error_page(page, facts_.is_local());
  Head head{status, {}, html.size(), {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}}};
  if (page.retry_after != 0) head.fields.emplace_back("Retry-After", std::to_string(page.retry_after));
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  head_ = std::move(head);
  queued_ = std::move(html);
  ended_ = complete_ = true;
  wake_locked();
}

// On the way into IIS it only queues: OnAsyncCompletion comes on a thread of IIS.
void Request::wake_locked() {
  if (awake_ || finished_) return;
  if (!head_ && queued_.empty() && !ended_) return;
  awake_ = true;
  context_.PostCompletion(0);
}

}  // namespace zoo::module
