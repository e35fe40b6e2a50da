// SPDX-License-Identifier: Apache-2.0
#include "module/host/http_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "module/core/app_service.h"
#include "module/core/error_page.h"
#include "module/core/http1_client.h"
#include "module/host/active_request.h"
#include "module/host/server.h"
#include "module/host/static_file.h"

namespace zoo::module {
namespace {

constexpr std::size_t kMaxHead = 32U << 10U;     // IIS: 16 KiB for all fields, and the line
constexpr std::size_t kMaxAhead = 64U << 10U;    // of pipelined requests
constexpr std::size_t kHighWater = 256U << 10U;  // of output that waits: the worker is paused
constexpr std::size_t kLowWater = 64U << 10U;
constexpr std::size_t kLarge = 16U << 10U;  // sent without being copied
constexpr std::size_t kKeepCapacity = 64U << 10U;
constexpr std::size_t kSendFileStep = 1U << 20U;
constexpr std::string_view kServer = "Server: zoohost\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

void shrink(std::string& text) noexcept {
  if (text.capacity() > kKeepCapacity) {
    std::string().swap(text);
  } else {
    text.clear();
  }
}

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

bool never_has_body(unsigned status) noexcept {
  return status < 200 || status == 204 || status == 304;
}

// Fields of the worker's response that this server says itself.
bool is_own_field(std::string_view name) noexcept {
  switch (name.size()) {
    case 4:
      return equals_ignoring_case(name, "date");
    case 6:
      return equals_ignoring_case(name, "server");
    case 14:
      return equals_ignoring_case(name, "content-length");
    default:
      return is_hop_by_hop(name);
  }
}

std::string_view host_name(std::string_view host) noexcept {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_safe_method(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

}  // namespace

std::string ClientAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  ::inet_ntop(v4 ? AF_INET : AF_INET6, bytes.data() + (v4 ? 12 : 0), buffer.data(), buffer.size());
  return buffer.data();
}

bool ClientAddress::loopback() const noexcept {
  if (v4) return bytes[12] == 127;
  return std::ranges::all_of(bytes.begin(), bytes.end() - 1, [](unsigned char b) { return b == 0; }) && bytes[15] == 1;
}

HttpConnection::Active::~Active() {
  reset();
}

void HttpConnection::Active::reset() noexcept {
  scanned = sent = 0;
  request.clear();
  router.reset();
  body.clear();
  body_left = 0;
  chunks.reset();
  shrink(decoded);
  shrink(output);
  status = 0;
  body_sent = 0;
  declared.reset();
  no_body = chunked = complete = paused = false;
  keep_alive = true;
  if (file >= 0) ::close(file);
  file = -1;
  file_left = 0;
}

HttpConnection::HttpConnection(Server& server, int fd, const ClientAddress& address, std::uint8_t listener)
    : server_(server), descriptor_(server.loop(), fd, *this), address_(address), listener_(listener) {}

HttpConnection::~HttpConnection() = default;

// ---- From the client ----

void HttpConnection::on_readable() {
  if (phase_ == Phase::kClosed) return;
  const auto scratch = server_.loop().scratch();
  const ssize_t count = ::recv(descriptor_.fd(), scratch.data(), scratch.size(), 0);
  if (count > 0) {
    server_.touch(*this);
    take({scratch.data(), static_cast<std::size_t>(count)});
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    client_gone();
  } else {
    descriptor_.want_read();
  }
}

void HttpConnection::take(std::string_view data) {
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kHead:
      take_head(data);
      break;
    case Phase::kBody:
      take_body(data);
      break;
    case Phase::kWaiting:
      take_waiting(data);
      break;
    case Phase::kTunnel:
      if (send_tunnel(data)) descriptor_.want_read();
      break;
    case Phase::kLinger:
      descriptor_.want_read();
      break;
    case Phase::kClosed:
      break;
  }
}

// Pipelined requests wait until this one is answered; reading on tells whether the client is still there.
void HttpConnection::take_waiting(std::string_view data) {
  active_->input.append(data);
  if (active_->input.size() < kMaxAhead) descriptor_.want_read();
}

void HttpConnection::client_gone() {
  if (phase_ == Phase::kWaiting || phase_ == Phase::kTunnel) cancel();
  close();
}

void HttpConnection::take_head(std::string_view data) {
  if (active_ == nullptr) active_ = server_.take_active();
  Active& active = *active_;
  phase_ = Phase::kHead;
  const bool joined = !active.input.empty();
  if (joined) active.input.append(data);
  std::string_view all = joined ? std::string_view(active.input) : data;
  if (active.scanned == 0 && all.starts_with("\r\n")) all.remove_prefix(2);  // RFC 9112 section 2.2
  const std::size_t end = find_head_end(all, active.scanned);
  if (end == std::string_view::npos ? all.size() > kMaxHead : end > kMaxHead) {
    answer_error(431, "the request's header is larger than 32 KiB");
    return;
  }
  if (end == std::string_view::npos) {
    std::string kept(all);
    active.scanned = kept.size();
    active.input.swap(kept);
    descriptor_.want_read();
    return;
  }
  active.request.head.assign(all.substr(0, end));
  std::string rest(all.substr(end));
  active.input.swap(rest);
  active.scanned = 0;
  begin_request();
}

void HttpConnection::begin_request() {
  Active& active = *active_;
  active.begun = server_.batch_time();
  active.router = server_.router();
  if (const int status = parse_request_head(active.request)) {
    active.keep_alive = false;
    answer_error(static_cast<unsigned>(status), "the request cannot be understood");
    return;
  }
  active.keep_alive = active.request.keep_alive && !server_.draining();
  active.request.local_port = server_.address(listener_).port;
  active.remote_address = address_.text();
  active.request.remote_address = active.remote_address;
  active.router->route(active.request, active.route);
  follow_route();
}

void HttpConnection::follow_route() {
  Active& active = *active_;
  if (active.request.has_body() && active.route.kind != Route::Kind::kApplication) active.keep_alive = false;
  switch (active.route.kind) {
    case Route::Kind::kApplication:
      if (!check_body_size()) return;
      if (active.request.has_body()) {
        begin_body();
      } else {
        dispatch();
      }
      break;
    case Route::Kind::kFile:
      serve_file();
      break;
    case Route::Kind::kRedirect:
      redirect();
      break;
    case Route::Kind::kError:
      answer_error(active.route.status, active.route.problem);
      break;
    case Route::Kind::kAbort:
      close();
      break;
  }
}

bool HttpConnection::check_body_size() {
  const Active& active = *active_;
  if (active.request.content_length.value_or(0) <= active.route.max_body) return true;
  active_->keep_alive = false;
  answer_error(413, "the request's body is larger than maxAllowedContentLength");
  return false;
}

void HttpConnection::begin_body() {
  Active& active = *active_;
  phase_ = Phase::kBody;
  active.body.start(active.route.body_memory, active.route.body_folder);
  active.body_left = active.request.content_length.value_or(0);
  if (active.request.chunked) active.chunks = std::make_unique<ChunkedReader>();
  if (active.request.expect_continue && active.input.empty()) {
    active.output.append(kContinue);
    flush_later(server_.loop().flushes());
  }
  std::string early;
  early.swap(active.input);
  take_body(early);
}

void HttpConnection::take_body(std::string_view data) {
  Active& active = *active_;
  bool done = false;
  std::string_view piece = data;
  if (active.chunks != nullptr) {
    active.decoded.clear();
    const auto state = active.chunks->read(data, active.decoded);
    if (state == ChunkedReader::State::kBad) {
      active.keep_alive = false;
      answer_error(400, "the request's body has a bad chunk");
      return;
    }
    done = state == ChunkedReader::State::kDone;
    piece = active.decoded;
    if (active.body.size() + piece.size() > active.route.max_body) {
      active.keep_alive = false;
      answer_error(413, "the request's body is larger than maxAllowedContentLength");
      return;
    }
  } else {
    piece = data.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(data.size(), active.body_left)));
    data.remove_prefix(piece.size());
    active.body_left -= piece.size();
    done = active.body_left == 0;
  }
  if (!active.body.append(piece)) {
    active.keep_alive = false;
    answer_error(500, "the request's body cannot be stored in POST_CACHE_DIR");
    return;
  }
  if (!done) {
    descriptor_.want_read();
    return;
  }
  active.input.append(data);
  active.chunks.reset();
  dispatch();
}

// ---- To the worker ----

void HttpConnection::dispatch() {
  phase_ = Phase::kWaiting;
  fill_cgi();
  if (active_->input.size() < kMaxAhead) descriptor_.want_read();
  active_->route.application->submit(*this);
}

void HttpConnection::fill_cgi() {
  Active& active = *active_;
  const HttpRequest& request = active.request;
  active.server_name = host_name(request.host);
  if (active.server_name.empty()) active.server_name = server_.address(listener_).host;
  CgiRequest& cgi = active.cgi;
  cgi.method = request.method;
  cgi.request_uri = request.target;
  cgi.script_name = active.route.script_name;
  cgi.path_info = active.route.path_info;
  cgi.query = active.route.rewritten ? std::string_view(active.route.query) : request.query;
  cgi.physical_path = active.route.physical_path;
  cgi.document_root = active.route.document_root;
  cgi.server_software = "zoohost";
  cgi.server_name = active.server_name;
  cgi.server_address = server_.address(listener_).host;
  cgi.server_port = server_.address(listener_).port;
  cgi.server_protocol = request.minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1";
  cgi.remote_address = active.remote_address;
  cgi.remote_port = address_.port;
  cgi.headers = request.fields;
  cgi.content_length.reset();
  if (request.has_body()) {
    cgi.content_length = active.body.size();
  } else if (request.content_length) {
    cgi.content_length = 0;
  }
}

const CgiRequest& HttpConnection::request() {
  return active_->cgi;
}

BodySource* HttpConnection::body() {
  return active_->request.has_body() ? &active_->body : nullptr;
}

bool HttpConnection::may_repeat() const {
  return !active_->request.has_body() && active_->request.upgrade.empty() && is_safe_method(active_->request.method);
}

std::string_view HttpConnection::upgrade() const {
  return active_->request.upgrade;
}

// ---- The response ----

void HttpConnection::begin_head(unsigned status, std::string_view reason) {
  Active& active = *active_;
  active.status = status;
  active.no_body = active.request.method == "HEAD" || never_has_body(status);
  std::string& out = active.output;
  if (status == 200 && (reason.empty() || reason == "OK")) {
    out.append("HTTP/1.1 200 OK\r\n");
  } else {
    out.append("HTTP/1.1 ");
    append_number(out, status);
    out.append(" ").append(reason.empty() ? status_phrase(status) : reason).append("\r\n");
  }
  out.append(kServer).append(server_.date_line());
}

void HttpConnection::add_field(std::string_view name, std::string_view value) {
  active_->output.append(name).append(": ").append(value).append("\r\n");
}

void HttpConnection::finish_head(std::optional<std::uint64_t> length) {
  Active& active = *active_;
  std::string& out = active.output;
  active.declared = length;
  if (length && (active.status >= 200 && active.status != 204)) {
    out.append("Content-Length: ");
    append_number(out, *length);
    out.append("\r\n");
  } else if (!active.no_body && active.request.minor_version == 1) {
    active.chunked = true;
    out.append("Transfer-Encoding: chunked\r\n");
  } else if (!active.no_body) {
    active.keep_alive = false;
  }
  if (!active.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (active.request.minor_version == 0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
  flush_later(server_.loop().flushes());
}

void HttpConnection::on_head(const ResponseHead& head) {
  begin_head(head.status, head.reason);
  for (const HeaderField& field : head.fields) {
    if (!is_own_field(field.name)) add_field(field.name, field.value);
  }
  if (head.status == 101) {
    add_field("Connection", "Upgrade");
    if (const HeaderField* upgrade = find_field(head.fields, "upgrade")) add_field("Upgrade", upgrade->value);
    active_->output.append("\r\n");
    active_->keep_alive = false;
    active_->no_body = false;
    phase_ = Phase::kTunnel;
    std::string early;
    early.swap(active_->input);
    if (early.empty() || send_tunnel(early)) descriptor_.want_read();
    flush_later(server_.loop().flushes());
    return;
  }
  finish_head(head.content_length);
}

void HttpConnection::on_body(std::string_view data) {
  Active& active = *active_;
  if (active.no_body || data.empty()) return;
  if (active.declared) {
    const std::uint64_t room = *active.declared - std::min(*active.declared, active.body_sent);
    data = data.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, data.size())));
  }
  active.body_sent += data.size();
  server_.touch(*this);
  if (data.size() >= kLarge && !blocked_) {
    write_large(data);
  } else {
    add_framed(data);
    flush_later(server_.loop().flushes());
  }
  check_pressure();
}

void HttpConnection::add_framed(std::string_view data) {
  if (active_->chunked) {
    append_http1_chunk(active_->output, data);
  } else {
    active_->output.append(data);
  }
}

// Sends what waits and `data` with one call; only what the socket does not take is copied.
void HttpConnection::write_large(std::string_view data) {
  Active& active = *active_;
  const Http1ChunkPrefix prefix(data.size());
  const std::string_view waiting = std::string_view(active.output).substr(active.sent);
  const std::array<std::string_view, 4> parts = {waiting, active.chunked ? prefix.view() : std::string_view(), data,
                                                 active.chunked ? kHttp1ChunkEnd : std::string_view()};
  std::array<iovec, 4> vector{};
  std::ranges::transform(parts, vector.begin(), [](std::string_view part) {
    return iovec{const_cast<char*>(part.data()), part.size()};
  });
  msghdr message{};
  message.msg_iov = vector.data();
  message.msg_iovlen = vector.size();
  const ssize_t result = ::sendmsg(descriptor_.fd(), &message, MSG_NOSIGNAL);
  auto sent = static_cast<std::size_t>(std::max<ssize_t>(result, 0));
  std::string rest;
  for (const std::string_view part : parts) {
    const std::size_t gone = std::min(sent, part.size());
    sent -= gone;
    rest.append(part.substr(gone));
  }
  active.output.swap(rest);
  active.sent = 0;
  if (!active.output.empty()) flush_later(server_.loop().flushes());
}

void HttpConnection::check_pressure() {
  Active& active = *active_;
  const std::size_t waiting = active.output.size() - active.sent;
  if (!active.paused && waiting > kHighWater) {
    active.paused = true;
    set_paused(true);
  } else if (active.paused && waiting < kLowWater) {
    active.paused = false;
    set_paused(false);
  }
}

void HttpConnection::on_end(bool complete) {
  end_response(complete);
}

void HttpConnection::end_response(bool complete) {
  Active& active = *active_;
  const bool shorter = active.declared && !active.no_body && active.body_sent < *active.declared;
  if (phase_ == Phase::kTunnel) {
    active.keep_alive = false;
  } else if (!complete || shorter) {
    // The client must not take what it has for the whole.
    if (!active.chunked && !active.declared) {
      reset_connection();
      return;
    }
    active.keep_alive = false;
  } else if (active.chunked && !active.no_body) {
    active.output.append(kHttp1LastChunk);
  }
  active.complete = true;
  flush_later(server_.loop().flushes());
}

void HttpConnection::on_failure(const FailureInfo& failure) {
  write_error(failure_status(failure.kind), failure.text, &failure);
}

void HttpConnection::on_tunnel_writable() {
  descriptor_.want_read();
}

// A reverse proxy's visitors are not local, although it is.
bool HttpConnection::is_local() const {
  return address_.loopback() && find_field(active_->request.fields, "x-forwarded-for") == nullptr &&
         find_field(active_->request.fields, "forwarded") == nullptr;
}

void HttpConnection::answer_error(unsigned status, std::string_view text) {
  if (phase_ == Phase::kBody || phase_ == Phase::kHead) {
    // Bytes of this request may still come.
    if (active_->request.has_body() || active_->request.method.empty()) active_->keep_alive = false;
  }
  phase_ = Phase::kWaiting;
  write_error(status, text, nullptr);
}

void HttpConnection::write_error(unsigned status, std::string_view text, const FailureInfo* failure) {
  if (write_custom_error(status, text, failure)) return;
  Active& active = *active_;
  ErrorPage page;
  page.status = status;
  page.what = status < 500 ? "The server cannot answer this request." : "The application did not answer.";
  page.reasons.emplace_back(text);
  if (failure != nullptr) {
    page.retry_after = failure->retry_after;
    page.worker_errors = failure->worker_errors;
    if (const AppService* application = active.route.application) {
      page.settings.emplace_back("Application", application->definition().name);
    }
  }
  const std::string body = error_page(page, is_local());
  begin_head(status, {});
  add_field("Content-Type", "text/html; charset=utf-8");
  add_field("Cache-Control", "no-store");
  if (failure != nullptr && failure->retry_after != 0) add_field("Retry-After", std::to_string(failure->retry_after));
  finish_head(body.size());
  on_body(body);
  end_response(true);
}

// A page of <httpErrors>. They are small, and rarely asked for.
bool HttpConnection::write_custom_error(unsigned status, std::string_view text, const FailureInfo* failure) {
  Active& active = *active_;
  CustomError custom;
  if (active.router == nullptr || !active.router->custom_error(active.request, {status, text, is_local()}, custom)) {
    return false;
  }
  std::string body;
  if (custom.location.empty() && !read_small_file(custom.file, body)) return false;
  begin_head(custom.location.empty() ? status : 302, {});
  if (!custom.location.empty()) add_field("Location", custom.location);
  if (!custom.content_type.empty() && custom.location.empty()) add_field("Content-Type", custom.content_type);
  add_field("Cache-Control", "no-store");
  if (failure != nullptr && failure->retry_after != 0) add_field("Retry-After", std::to_string(failure->retry_after));
  finish_head(body.size());
  on_body(body);
  end_response(true);
  return true;
}

void HttpConnection::redirect() {
  Active& active = *active_;
  phase_ = Phase::kWaiting;
  begin_head(active.route.status, {});
  add_field("Location", active.route.location);
  finish_head(0);
  end_response(true);
}

void HttpConnection::serve_file() {
  Active& active = *active_;
  phase_ = Phase::kWaiting;
  FileResponse response = open_static_file(active.request, active.route.physical_path, active.route.content_type);
  if (response.status >= 400 && response.status != 416) {
    answer_error(response.status, "the file cannot be served");
    return;
  }
  begin_head(response.status, {});
  active.output.append(response.headers);
  finish_head(response.status == 304 ? std::nullopt : std::optional(response.length));
  active.file = response.file;
  active.file_offset = response.offset;
  active.file_left = response.file >= 0 ? response.length : 0;
  active.body_sent = response.length;
  active.complete = true;
}

// ---- To the client ----

void HttpConnection::on_writable() {
  blocked_ = false;
  if (phase_ == Phase::kClosed) return;
  server_.touch(*this);
  flush();
}

void HttpConnection::flush() {
  if (phase_ == Phase::kClosed || active_ == nullptr || blocked_) return;
  if (!write_out() || !send_file()) return;
  if (active_->complete) {
    finish_request();
  } else if (active_->paused) {
    check_pressure();
  }
}

// True when nothing waits any more.
bool HttpConnection::write_out() {
  Active& active = *active_;
  while (active.sent < active.output.size()) {
    const ssize_t count =
        ::send(descriptor_.fd(), active.output.data() + active.sent, active.output.size() - active.sent,
               MSG_NOSIGNAL | (active.file_left != 0 ? MSG_MORE : 0));
    if (count > 0) {
      active.sent += static_cast<std::size_t>(count);
      if (active.paused) check_pressure();
    } else if (errno == EAGAIN) {
      blocked_ = true;
      descriptor_.want_write();
      return false;
    } else if (errno != EINTR) {
      client_gone();
      return false;
    }
  }
  active.output.clear();
  active.sent = 0;
  return true;
}

bool HttpConnection::send_file() {
  Active& active = *active_;
  for (std::size_t done = 0; active.file_left != 0;) {
    auto offset = static_cast<off_t>(active.file_offset);
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(active.file_left, kSendFileStep));
    const ssize_t count = ::sendfile(descriptor_.fd(), active.file, &offset, step);
    if (count > 0) {
      active.file_offset += static_cast<std::uint64_t>(count);
      active.file_left -= static_cast<std::uint64_t>(count);
      done += static_cast<std::size_t>(count);
      if (done < 4 * kSendFileStep || active.file_left == 0) continue;
      flush_later(server_.loop().flushes());  // others get their turn
      return false;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      blocked_ = true;
      descriptor_.want_write();
      return false;
    }
    client_gone();  // the file became shorter, or the client has left
    return false;
  }
  return true;
}

void HttpConnection::finish_request() {
  Active& active = *active_;
  if (server_.access_log().enabled()) {
    server_.access_log().add({active.request.method, active.request.raw_path, active.status, active.body_sent,
                              server_.batch_time() - active.begun});
  }
  if (!active.keep_alive || server_.draining()) {
    // A close with unread input would be a reset, which can destroy the answer on its way.
    if (phase_ != Phase::kTunnel && active.request.has_body() && active.status >= 400) {
      ::shutdown(descriptor_.fd(), SHUT_WR);
      phase_ = Phase::kLinger;
      descriptor_.want_read();
      server_.give_back(std::move(active_));
      return;
    }
    close();
    return;
  }
  active.reset();
  phase_ = Phase::kIdle;
  if (active.input.empty()) {
    server_.give_back(std::move(active_));
    descriptor_.want_read();
    return;
  }
  std::string ahead;
  ahead.swap(active.input);
  take_head(ahead);
}

void HttpConnection::reset_connection() {
  const linger now{1, 0};
  ::setsockopt(descriptor_.fd(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  close();
}

void HttpConnection::drain() {
  if (phase_ == Phase::kIdle) close();
}

bool HttpConnection::expired(TimePoint now) const {
  if (phase_ == Phase::kLinger) return now - last_activity > server_.settings().linger_timeout;
  if (now - last_activity < server_.settings().connection_timeout) return false;
  // While the worker thinks, the client has nothing to say.
  return phase_ != Phase::kTunnel && (phase_ != Phase::kWaiting || blocked_);
}

void HttpConnection::close() {
  if (phase_ == Phase::kClosed) return;
  if (pending()) cancel();
  phase_ = Phase::kClosed;
  if (active_ != nullptr) {
    server_.give_back(std::move(active_));
  }
  server_.remove(*this);
}

}  // namespace zoo::module
