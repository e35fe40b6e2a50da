// SPDX-License-Identifier: Apache-2.0
#include "module/core/fastcgi_worker.h"

#include <algorithm>
#include <array>

namespace zoo::module {
namespace {

constexpr std::size_t kBodyPiece = 128U << 10U;  // read from a body at once
constexpr std::size_t kSmallBody = 64U << 10U;   // sent at once, without waiting for the worker to take it
constexpr std::size_t kMaxSaid = 16U << 10U;
constexpr Duration kExitDelay = std::chrono::milliseconds(500);
constexpr int kServiceTimeWeight = 8;  // the last request counts for one in so many
constexpr std::array<std::string_view, 1> kProbe = {"FCGI_MPXS_CONNS"};

}  // namespace

void FastCgiWorker::attach(std::unique_ptr<WorkerProcess> process) {
  process_ = std::move(process);
  last_event_ = last_end_ = clock_.now();
  connect();
}

bool FastCgiWorker::connect() {
  channel_ = process_->open_channel(*this);
  decoder_.reset();
  paused_ = false;
  return channel_ != nullptr;
}

void FastCgiWorker::on_channel_open() {
  if (!options_.takes_requests_ahead) {
    become_ready();  // others need not answer management records
    return;
  }
  if (append_get_values(channel_->output(), kProbe)) channel_->written_to();
}

void FastCgiWorker::on_values_end() {
  become_ready();
}

void FastCgiWorker::on_unknown_type(std::uint8_t) {
  become_ready();
}

void FastCgiWorker::become_ready() {
  if (state_ != State::kStarting) return;
  state_ = State::kReady;
  last_event_ = last_end_ = clock_.now();
  owner_.on_worker_ready(*this);
}

std::size_t FastCgiWorker::capacity(std::size_t ahead) const {
  if (!options_.takes_requests_ahead) return 1;
  return body_ != nullptr ? tickets_.size() : ahead;
}

WorkerLoad FastCgiWorker::load() const {
  WorkerLoad load{tickets_.size(), last_end_, last_event_, service_time_, paused_};
  if (!tickets_.empty()) load.running_since = std::max(last_end_, tickets_.front().sent);
  return load;
}

FastCgiWorker::Ticket* FastCgiWorker::find(std::uint16_t id) noexcept {
  const auto found = std::ranges::find(tickets_, id, &Ticket::id);
  return found == tickets_.end() ? nullptr : &*found;
}

FastCgiWorker::Ticket* FastCgiWorker::find(const Exchange& exchange) noexcept {
  const auto found = std::ranges::find(tickets_, &exchange, &Ticket::exchange);
  return found == tickets_.end() ? nullptr : &*found;
}

// The lowest one: workers cache what belongs to an id.
std::uint16_t FastCgiWorker::free_id() const noexcept {
  std::uint16_t id = 1;
  while (std::ranges::find(tickets_, id, &Ticket::id) != tickets_.end()) ++id;
  return id;
}

void FastCgiWorker::send(Exchange& exchange) {
  exchange.lease() = Lease(*this, exchange);
  if (channel_ == nullptr && !connect()) {
    tickets_.push_back({&exchange, free_id(), false, false, clock_.now()});
    lose(ExchangeFailure::kWorkerEnded, "the connection to the worker cannot be opened again");
    return;
  }
  const std::uint16_t id = free_id();
  const TimePoint now = clock_.now();
  if (tickets_.empty()) last_event_ = now;
  tickets_.push_back({&exchange, id, false, false, now});
  [[maybe_unused]] const bool opened = decoder_.open(id);
  write_request(exchange, id);
  channel_->written_to();
}

void FastCgiWorker::write_request(Exchange& exchange, std::uint16_t id) {
  std::string& out = channel_->output();
  append_begin_request(out, id, FastCgiKeepConnection::kYes);
  environment_.build(exchange.request());
  FastCgiParamsWriter params(out, id);
  for (const HeaderField& variable : environment_.variables()) params.add(variable.name, variable.value);
  params.finish();
  BodySource* body = exchange.body();
  if (body == nullptr || body->size() == 0) {
    append_stdin_end(out, id);
    return;
  }
  body_ = body;
  body_offset_ = 0;
  if (body->size() <= kSmallBody) pump_body();
}

void FastCgiWorker::pump_body() {
  const std::uint16_t id = tickets_.back().id;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kBodyPiece, body_->size() - body_offset_));
  piece_.resize(wanted);
  if (body_->read(body_offset_, piece_) != wanted) {
    lose_body();
    return;
  }
  append_stdin(channel_->output(), id, piece_);
  body_offset_ += wanted;
  if (body_offset_ == body_->size()) {
    append_stdin_end(channel_->output(), id);
    body_ = nullptr;
    if (piece_.capacity() > kSmallBody) std::string().swap(piece_);
  }
  channel_->written_to();
}

// The worker waits for bytes that will not come: the stream ends early, and its answer is dropped.
void FastCgiWorker::lose_body() {
  Ticket& ticket = tickets_.back();
  body_ = nullptr;
  append_abort_request(channel_->output(), ticket.id);
  append_stdin_end(channel_->output(), ticket.id);
  channel_->written_to();
  Exchange* exchange = std::exchange(ticket.exchange, nullptr);
  if (exchange == nullptr) return;
  exchange->lease().forget();
  if (ticket.head_seen) {
    exchange->on_end(false);
  } else {
    exchange->on_failure({ExchangeFailure::kBodyLost, "the buffered request body cannot be read again", {}, 0});
  }
}

void FastCgiWorker::on_channel_drained() {
  if (body_ == nullptr) return;
  last_event_ = clock_.now();
  pump_body();
  if (body_ == nullptr) owner_.on_worker_freed(*this);
}

void FastCgiWorker::on_channel_data(std::string_view data) {
  last_event_ = clock_.now();
  if (ended_) closed_at_ = last_event_;
  decoder_.feed(data, *this);
}

void FastCgiWorker::on_head(std::uint16_t id, const CgiResponseHead& head) {
  Ticket* ticket = find(id);
  if (ticket == nullptr || ticket->exchange == nullptr) return;
  ticket->head_seen = true;
  ticket->exchange->on_head({head.status, head.reason, head.content_length, head.fields});
}

void FastCgiWorker::on_body(std::uint16_t id, std::string_view data) {
  const Ticket* ticket = find(id);
  if (ticket != nullptr && ticket->exchange != nullptr) ticket->exchange->on_body(data);
}

// Applications write a line in several pieces.
void FastCgiWorker::on_stderr(std::uint16_t, std::string_view data) {
  saying_.append(data);
  const std::size_t line_end = saying_.rfind('\n');
  if (line_end != std::string::npos) {
    tell_said(line_end + 1);
  } else if (saying_.size() > kMaxSaid) {
    tell_said(saying_.size());
  }
}

void FastCgiWorker::tell_said(std::size_t size) {
  const std::string text = saying_.substr(0, size);
  saying_.erase(0, size);
  said_.append(text);
  if (said_.size() > 2 * kMaxSaid) said_.erase(0, said_.size() - kMaxSaid);
  owner_.on_worker_said(*this, text);
}

std::string FastCgiWorker::recent_errors() const {
  return said_ + saying_ + Worker::recent_errors();
}

void FastCgiWorker::on_request_error(std::uint16_t id, const CodecError& error) {
  Ticket* ticket = find(id);
  if (ticket == nullptr) return;
  ticket->failed = true;
  Exchange* exchange = std::exchange(ticket->exchange, nullptr);
  if (exchange == nullptr) return;
  exchange->lease().forget();
  exchange->on_failure(failure(ExchangeFailure::kBadResponse, error.text));
}

void FastCgiWorker::on_end(std::uint16_t id, const FastCgiEnd& end) {
  const auto found = std::ranges::find(tickets_, id, &Ticket::id);
  if (found == tickets_.end()) return;
  const Ticket ticket = *found;
  tickets_.erase(found);
  if (!saying_.empty()) tell_said(saying_.size());
  if (ticket.exchange != nullptr && body_ != nullptr && body_ == ticket.exchange->body()) {
    // It has answered without reading the rest of the body, which it skips only when the stream ends.
    body_ = nullptr;
    append_stdin_end(channel_->output(), id);
    channel_->written_to();
  }
  measure(last_event_, ticket.sent);
  ++served_;
  settle(ticket, end);
  if (state_ == State::kReady) owner_.on_worker_freed(*this);
}

// Answers that arrive together share the time since the last ones.
void FastCgiWorker::measure(TimePoint now, TimePoint sent) {
  if (now != last_end_ || served_ == 0) {
    batch_took_ = now - std::max(sent, last_end_);
    batch_ends_ = 0;
    time_before_batch_ = served_ == 0 ? batch_took_ : service_time_;
    last_end_ = now;
  }
  ++batch_ends_;
  const Duration mean = batch_took_ / batch_ends_;
  const int weight = std::min(batch_ends_, kServiceTimeWeight);
  service_time_ = time_before_batch_ + (mean - time_before_batch_) * weight / kServiceTimeWeight;
}

void FastCgiWorker::settle(Ticket ticket, const FastCgiEnd& end) {
  if (paused_ && (tickets_.empty() || ticket.exchange != nullptr)) {
    paused_ = false;
    if (channel_ != nullptr) channel_->set_reading(true);
  }
  if (ticket.exchange == nullptr) return;
  Exchange& exchange = *ticket.exchange;
  exchange.lease().forget();
  if (end.protocol_status == FastCgiProtocolStatus::kComplete) {
    // Our own workers tell with it that the body is cut; of others it is the exit code of a script.
    exchange.on_end(end.app_status == 0 || !options_.takes_requests_ahead);
  } else if (!ticket.head_seen && end.protocol_status == FastCgiProtocolStatus::kOverloaded) {
    owner_.on_exchange_returned(*this, exchange);
  } else if (ticket.head_seen) {
    exchange.on_end(false);
  } else {
    exchange.on_failure(failure(ExchangeFailure::kBadResponse, "the worker refused the request"));
  }
}

// The last one sent, if another one is before it; the worker looks for the abort before it begins the next.
Exchange* FastCgiWorker::take_back() {
  if (tickets_.size() < 2) return nullptr;
  for (auto ticket = tickets_.begin() + 1; ticket != tickets_.end(); ++ticket) {
    if (ticket->exchange == nullptr || ticket->head_seen || !ticket->exchange->may_repeat()) continue;
    append_abort_request(channel_->output(), ticket->id);
    channel_->written_to();
    Exchange* exchange = std::exchange(ticket->exchange, nullptr);
    exchange->lease().forget();
    return exchange;
  }
  return nullptr;
}

void FastCgiWorker::release(Exchange& exchange) {
  Ticket* ticket = find(exchange);
  if (ticket == nullptr) return;
  ticket->exchange = nullptr;
  if (channel_ == nullptr) return;
  append_abort_request(channel_->output(), ticket->id);
  if (body_ != nullptr && ticket == &tickets_.back()) {
    body_ = nullptr;
    append_stdin_end(channel_->output(), ticket->id);
  }
  channel_->written_to();
  if (paused_) {
    paused_ = false;
    channel_->set_reading(true);
  }
}

void FastCgiWorker::set_paused(Exchange& exchange, bool paused) {
  if (find(exchange) == nullptr || channel_ == nullptr || paused_ == paused) return;
  paused_ = paused;
  last_event_ = clock_.now();
  channel_->set_reading(!paused);
}

void FastCgiWorker::on_connection_error(const CodecError& error) {
  lose(ExchangeFailure::kBadResponse, error.text);
}

// A worker that does not keep connections closes it after each answer, which is no failure.
void FastCgiWorker::on_channel_closed(std::string_view reason) {
  if (ended_) {
    channel_.reset();
    lose(ExchangeFailure::kWorkerEnded, std::string(closed_reason_));
    return;
  }
  if (tickets_.empty() && !options_.takes_requests_ahead && state_ == State::kReady) {
    channel_.reset();
    return;
  }
  closed_at_ = clock_.now();
  closed_reason_ = reason;
  channel_.reset();
  body_ = nullptr;
  lost = !may_connect_later();
  retiring = lost && state_ == State::kReady;  // one that starts keeps its place until it is known why it has ended
}

// A worker that opens its port itself needs some time for that.
bool FastCgiWorker::may_connect_later() const {
  return state_ == State::kStarting && options_.opens_port;
}

// What ended the process says more than that its connection has closed, and comes a moment later.
void FastCgiWorker::tick(TimePoint now) {
  if (may_connect_later() && channel_ == nullptr) {
    closed_reason_.clear();
    connect();
  } else if (state_ != State::kGone && !closed_reason_.empty() && now - closed_at_ > kExitDelay && !unread()) {
    // A process that lives on has ended a connection on which it had served; the request came when it was gone already.
    const bool none_has_begun = !ended_ && !options_.takes_requests_ahead && served() != 0;
    lose(ExchangeFailure::kWorkerEnded, std::string(closed_reason_), none_has_begun);
  }
}

// There may be more to come on the connection, which is not read while the client takes nothing.
bool FastCgiWorker::unread() const noexcept {
  return channel_ != nullptr && paused_;
}

// A worker may end right after its last answer, which may still be on its way: the end of the connection comes behind
// it.
void FastCgiWorker::on_process_exit(std::string_view how) {
  const std::string text = "the worker process has ended (" + std::string(how) + ")";
  if (channel_ == nullptr || tickets_.empty() || state_ != State::kReady) {
    lose(ExchangeFailure::kWorkerEnded, text);
    return;
  }
  ended_ = retiring = true;
  closed_at_ = clock_.now();
  closed_reason_ = text;
}

void FastCgiWorker::abandon(ExchangeFailure kind, std::string_view text) {
  lose(kind, text);
}

// The first request was running (or its answer on its way) and fails; those behind it have not begun.
void FastCgiWorker::lose(ExchangeFailure kind, std::string_view text, bool none_has_begun) {
  if (state_ == State::kGone) return;
  state_ = State::kGone;
  body_ = nullptr;
  std::vector<Ticket> tickets;
  tickets.swap(tickets_);
  bool first = !none_has_begun;
  for (const Ticket& ticket : tickets) {
    if (ticket.exchange != nullptr) {
      ticket.exchange->lease().forget();
      if (ticket.head_seen) {
        ticket.exchange->on_end(false);
      } else if (!first && ticket.exchange->may_repeat()) {
        owner_.on_exchange_returned(*this, *ticket.exchange);
      } else {
        ticket.exchange->on_failure(failure(kind, text));
      }
    }
    first = false;
  }
  owner_.on_worker_gone(*this, text);
}

}  // namespace zoo::module
