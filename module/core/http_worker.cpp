// SPDX-License-Identifier: Apache-2.0
#include "module/core/http_worker.h"

#include <algorithm>
#include <utility>

namespace zoo::module {
namespace {

constexpr std::size_t kBodyPiece = 128U << 10U;
constexpr std::size_t kMaxTunnelOutput = 256U << 10U;
constexpr Duration kExitDelay = std::chrono::milliseconds(500);

}  // namespace

std::string proxied_target(std::string_view target, std::string_view virtual_path, std::string_view to) {
  while (virtual_path.ends_with('/')) virtual_path.remove_suffix(1);
  while (to.ends_with('/')) to.remove_suffix(1);
  const bool inside = starts_with_ignoring_case(target, virtual_path);
  const std::string_view rest = inside ? target.substr(virtual_path.size()) : std::string_view();
  if (!inside || !(rest.empty() || rest.starts_with('/') || rest.starts_with('?'))) return std::string(target);
  std::string result(to);
  if (!rest.starts_with('/')) result.push_back('/');
  return result.append(rest);
}

/// One connection and what runs on it.
class HttpWorker::Link final : public Http1Events, public ChannelEvents {
 public:
  Link(HttpWorker& worker, const Http1Limits& limits) : worker_(worker), decoder_(limits) {}

  bool open() {
    channel_ = worker_.process_->open_channel(*this);
    return channel_ != nullptr;
  }
  bool idle() const noexcept { return exchange_ == nullptr && channel_ != nullptr && !spent_; }
  bool spent() const noexcept { return spent_ || channel_ == nullptr; }
  const Exchange* exchange() const noexcept { return exchange_; }
  TimePoint begun() const noexcept { return begun_; }
  TimePoint active() const noexcept { return active_; }
  bool in_tunnel() const noexcept { return exchange_ != nullptr && decoder_.in_tunnel(); }
  bool paused() const noexcept { return paused_; }

  void begin(Exchange& exchange);
  void give_up();
  void set_paused(bool paused);
  bool tunnel(std::string_view data);
  void fail(ExchangeFailure kind, std::string_view text);

  void on_interim(const Http1ResponseHead&) override {}
  void on_head(const Http1ResponseHead& head) override;
  void on_body(std::string_view data) override;
  void on_trailers(std::span<const HeaderField>) override {}
  void on_tunnel(std::string_view data) override { on_body(data); }
  void on_complete(bool reusable) override;
  void on_error(const CodecError& error) override;

  void on_channel_open() override { worker_.become_ready(); }
  void on_channel_data(std::string_view data) override;
  void on_channel_drained() override;
  void on_channel_closed(std::string_view reason) override;

 private:
  bool write_head(Exchange& exchange, std::string& problem);
  void pump_body();
  Exchange* take_exchange();

  HttpWorker& worker_;
  Http1ResponseDecoder decoder_;
  std::unique_ptr<WorkerChannel> channel_;
  Exchange* exchange_ = nullptr;
  TimePoint begun_{};
  TimePoint active_{};
  BodySource* body_ = nullptr;
  std::uint64_t body_offset_ = 0;
  bool used_before_ = false;
  bool head_seen_ = false;
  bool paused_ = false;
  bool tunnel_full_ = false;
  bool spent_ = false;
};

void HttpWorker::Link::begin(Exchange& exchange) {
  exchange_ = &exchange;
  exchange.lease() = Lease(worker_, exchange);
  begun_ = active_ = worker_.clock_.now();
  head_seen_ = paused_ = false;
  std::string problem;
  if (!write_head(exchange, problem)) {
    take_exchange()->on_failure({ExchangeFailure::kBadRequest, problem, {}, 0});
    return;
  }
  body_ = exchange.body();
  body_offset_ = 0;
  if (body_ != nullptr && body_->size() == 0) body_ = nullptr;
  channel_->written_to();
}

bool HttpWorker::Link::write_head(Exchange& exchange, std::string& problem) {
  const CgiRequest& cgi = exchange.request();
  const HeaderField* host = find_field(cgi.headers, "host");
  ForwardedRequest forwarded;
  forwarded.remote_address = cgi.remote_address;
  forwarded.host = host != nullptr ? host->value : cgi.server_name;
  forwarded.server_name = cgi.server_name;
  forwarded.server_port = cgi.server_port;
  forwarded.https = cgi.https;
  forwarded.application_physical_path = worker_.options_.physical_path;
  forwarded.application_virtual_path = worker_.options_.virtual_path;
  forwarded.auth_type = cgi.auth_type;
  forwarded.remote_user = cgi.remote_user;
  std::vector<HeaderField>& fields = worker_.fields_;
  fields.assign(cgi.headers.begin(), cgi.headers.end());
  worker_.forwarded_.apply(forwarded, fields);
  Http1Request request;
  request.method = cgi.method;
  std::string target;
  request.target = cgi.request_uri;
  if (!worker_.options_.proxy_pass.empty()) {
    target = proxied_target(cgi.request_uri, worker_.options_.virtual_path, worker_.options_.proxy_pass);
    request.target = target;
  }
  request.host = worker_.options_.substitute_host.empty() ? forwarded.host : worker_.options_.substitute_host;
  request.fields = fields;
  request.upgrade = exchange.upgrade();
  if (cgi.content_length) {
    request.body = Http1Body::kLength;
    request.content_length = *cgi.content_length;
  }
  decoder_.begin({cgi.method == "HEAD", !request.upgrade.empty()});
  if (const MaybeError error = append_http1_request(channel_->output(), request)) {
    problem = error->text;
    spent_ = true;
    return false;
  }
  return true;
}

void HttpWorker::Link::pump_body() {
  std::string& out = channel_->output();
  const std::size_t begin = out.size();
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kBodyPiece, body_->size() - body_offset_));
  out.resize(begin + wanted);
  if (body_->read(body_offset_, std::span(out).subspan(begin)) != wanted) {
    body_ = nullptr;
    fail(ExchangeFailure::kBodyLost, "the buffered request body cannot be read again");
    return;
  }
  body_offset_ += wanted;
  if (body_offset_ == body_->size()) body_ = nullptr;
  channel_->written_to();
}

void HttpWorker::Link::on_channel_drained() {
  if (exchange_ == nullptr) return;
  active_ = worker_.clock_.now();
  if (body_ != nullptr) {
    pump_body();
  } else if (std::exchange(tunnel_full_, false)) {
    exchange_->on_tunnel_writable();
  }
}

Exchange* HttpWorker::Link::take_exchange() {
  body_ = nullptr;
  Exchange* exchange = std::exchange(exchange_, nullptr);
  if (exchange != nullptr) exchange->lease().forget();
  return exchange;
}

void HttpWorker::Link::give_up() {
  exchange_ = nullptr;
  body_ = nullptr;
  spent_ = true;  // its answer would be taken for the next request's
}

void HttpWorker::Link::set_paused(bool paused) {
  paused_ = paused;
  active_ = worker_.clock_.now();
  if (channel_ != nullptr) channel_->set_reading(!paused);
}

bool HttpWorker::Link::tunnel(std::string_view data) {
  if (channel_ == nullptr) return true;
  channel_->output().append(data);
  channel_->written_to();
  tunnel_full_ = channel_->pending() > kMaxTunnelOutput;
  return !tunnel_full_;
}

void HttpWorker::Link::fail(ExchangeFailure kind, std::string_view text) {
  spent_ = true;
  Exchange* exchange = take_exchange();
  if (exchange == nullptr) return;
  if (head_seen_) {
    exchange->on_end(false);
  } else {
    exchange->on_failure(worker_.failure(kind, text));
  }
}

void HttpWorker::Link::on_channel_data(std::string_view data) {
  active_ = worker_.last_event_ = worker_.clock_.now();
  if (spent_) return;
  const bool tunnel = decoder_.in_tunnel();
  decoder_.feed(data, *this);
  if (!tunnel && decoder_.in_tunnel()) worker_.owner_.on_worker_freed(worker_);
}

void HttpWorker::Link::on_head(const Http1ResponseHead& head) {
  head_seen_ = true;
  if (exchange_ != nullptr) exchange_->on_head({head.status, head.reason, head.content_length, head.fields});
}

void HttpWorker::Link::on_body(std::string_view data) {
  if (exchange_ != nullptr) exchange_->on_body(data);
}

void HttpWorker::Link::on_complete(bool reusable) {
  // Bytes of a body that the worker did not want may still be on their way.
  spent_ = spent_ || !reusable || body_ != nullptr;
  used_before_ = true;
  ++worker_.served_;
  if (Exchange* exchange = take_exchange()) exchange->on_end(true);
  worker_.owner_.on_worker_freed(worker_);
}

void HttpWorker::Link::on_error(const CodecError& error) {
  // A kept connection that the worker has closed meanwhile says nothing about the request.
  if (error.fault == CodecFault::kClosedBeforeResponse && used_before_ && exchange_ != nullptr &&
      exchange_->may_repeat()) {
    spent_ = true;
    worker_.send_again(*take_exchange());
    return;
  }
  const bool closed = error.fault == CodecFault::kClosedBeforeResponse;
  fail(closed ? ExchangeFailure::kWorkerEnded : ExchangeFailure::kBadResponse, worker_.why_closed(error.text));
  worker_.owner_.on_worker_freed(worker_);
}

void HttpWorker::Link::on_channel_closed(std::string_view reason) {
  channel_.reset();
  spent_ = true;
  if (worker_.state_ == State::kStarting) return;  // it does not listen yet
  if (!decoder_.idle()) decoder_.end_of_input(*this);
  if (exchange_ != nullptr) fail(ExchangeFailure::kWorkerEnded, worker_.why_closed(reason));
  worker_.end_if_done();
}

HttpWorker::HttpWorker(WorkerOwner& owner, const Clock& clock, HttpWorkerOptions options)
    : Worker(owner, clock), options_(std::move(options)) {}

HttpWorker::~HttpWorker() = default;

void HttpWorker::attach(std::unique_ptr<WorkerProcess> process) {
  process_ = std::move(process);
  last_event_ = clock_.now();
  connect_first();
}

void HttpWorker::connect_first() {
  auto link = std::make_unique<Link>(*this, options_.limits);
  if (link->open()) links_.push_back(std::move(link));
}

void HttpWorker::become_ready() {
  if (state_ != State::kStarting) return;
  state_ = State::kReady;
  owner_.on_worker_ready(*this);
}

void HttpWorker::tick(TimePoint now) {
  closed_.clear();
  closed_.reserve(links_.size());  // nothing may throw between what is moved and what is erased
  for (auto& link : links_) {
    if (link->spent() && link->exchange() == nullptr) closed_.push_back(std::move(link));
  }
  std::erase(links_, nullptr);
  if (state_ == State::kStarting && links_.empty()) connect_first();
  const bool unread = std::ranges::any_of(links_, [](const auto& link) { return link->paused() && !link->spent(); });
  if (!ended_.empty() && !unread && now - last_event_ > kExitDelay) lose(ExchangeFailure::kWorkerEnded, ended_);
}

HttpWorker::Link& HttpWorker::idle_link() {
  const auto found = std::ranges::find_if(links_, [](const auto& link) { return link->idle(); });
  if (found != links_.end()) return **found;
  return *links_.emplace_back(std::make_unique<Link>(*this, options_.limits));
}

void HttpWorker::send(Exchange& exchange) {
  Link& link = idle_link();
  if (!link.idle() && !link.open()) {
    exchange.lease().forget();
    exchange.on_failure(failure(ExchangeFailure::kWorkerEnded, "cannot connect to the worker"));
    return;
  }
  last_event_ = clock_.now();
  link.begin(exchange);
}

WorkerLoad HttpWorker::load() const {
  WorkerLoad load;
  load.active_since = last_event_;
  bool first = true;
  for (const auto& link : links_) {
    if (link->exchange() == nullptr) continue;
    ++(link->in_tunnel() ? load.tunnels : load.requests);
    if (link->in_tunnel() || link->paused()) continue;
    // The request that has been silent for longest tells whether the worker hangs.
    load.active_since = first ? link->active() : std::min(load.active_since, link->active());
    load.running_since = first ? link->begun() : std::min(load.running_since, link->begun());
    first = false;
  }
  load.output_blocked = load.requests != 0 && first;
  return load;
}

HttpWorker::Link* HttpWorker::find(const Exchange& exchange) {
  const auto found = std::ranges::find_if(links_, [&](const auto& link) { return link->exchange() == &exchange; });
  return found == links_.end() ? nullptr : found->get();
}

void HttpWorker::release(Exchange& exchange) {
  if (Link* link = find(exchange)) link->give_up();
}

void HttpWorker::set_paused(Exchange& exchange, bool paused) {
  if (Link* link = find(exchange)) link->set_paused(paused);
}

bool HttpWorker::send_tunnel(Exchange& exchange, std::string_view data) {
  Link* link = find(exchange);
  return link == nullptr || link->tunnel(data);
}

// What it has sent last may still be on its way: the ends of its connections come behind it.
void HttpWorker::on_process_exit(std::string_view how) {
  ended_ = "the worker process has ended (" + std::string(how) + ")";
  retiring = true;
  last_event_ = clock_.now();
  end_if_done();
}

void HttpWorker::end_if_done() {
  const auto busy = [](const auto& link) { return link->exchange() != nullptr && !link->spent(); };
  if (!ended_.empty() && std::ranges::none_of(links_, busy)) lose(ExchangeFailure::kWorkerEnded, ended_);
}

std::string HttpWorker::why_closed(std::string_view text) const {
  return ended_.empty() ? std::string(text) : ended_;
}

void HttpWorker::send_again(Exchange& exchange) {
  if (ended_.empty()) {
    send(exchange);
  } else {
    owner_.on_exchange_returned(*this, exchange);
  }
}

void HttpWorker::abandon(ExchangeFailure kind, std::string_view text) {
  lose(kind, text);
}

void HttpWorker::lose(ExchangeFailure kind, std::string_view text) {
  if (state_ == State::kGone) return;
  state_ = State::kGone;
  // NOLINTNEXTLINE(modernize-loop-convert): what fails may make others come
  for (std::size_t i = 0; i < links_.size(); ++i) links_[i]->fail(kind, text);
  owner_.on_worker_gone(*this, text);
}

}  // namespace zoo::module
