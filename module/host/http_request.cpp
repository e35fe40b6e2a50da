// SPDX-License-Identifier: Apache-2.0
#include "module/host/http_request.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>

namespace zoo::module {
namespace {

namespace http = boost::beast::http;
namespace net = boost::asio;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

constexpr std::size_t kMaxFields = 100;

std::string_view view(BeastView text) {
  return {text.data(), text.size()};
}

// Hands the library's events over; what it accepts but we do not, it notes as an error.
class HeadParser final : public http::basic_parser<true> {
 public:
  explicit HeadParser(HttpRequest& request) : request_(request) {
    header_limit(UINT32_MAX);  // the caller has bounded it
    body_limit(UINT64_MAX);    // none at all would refuse every length
  }
  bool refused() const noexcept { return refused_; }
  unsigned version() const noexcept { return version_; }

 private:
  void on_request_impl(http::verb, BeastView method, BeastView target, int version, error_code&) override {
    request_.method = view(method);
    request_.target = view(target);
    version_ = static_cast<unsigned>(version);
  }
  void on_response_impl(int, BeastView, int, error_code&) override {}
  void on_field_impl(http::field, BeastView name, BeastView value, error_code&) override {
    const std::string_view text = view(value);
    const bool folded = !text.empty() && (text.data() < request_.head.data() ||
                                          text.data() >= request_.head.data() + request_.head.size());
    if (folded || request_.fields.size() >= kMaxFields || !is_field_value(text)) refused_ = true;
    request_.fields.push_back({view(name), folded ? std::string_view() : text});
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  std::size_t on_body_impl(BeastView body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, error_code&) override { return body.size(); }
  void on_finish_impl(error_code&) override {}

  HttpRequest& request_;
  unsigned version_ = 0;
  bool refused_ = false;
};

// The library parses chunks only behind a head, so that it gets one.
constexpr std::string_view kChunkedHead = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

class BodyParser final : public http::basic_parser<true> {
 public:
  BodyParser() {
    body_limit(UINT64_MAX);  // none at all would refuse every length
    error_code error;
    put(net::buffer(kChunkedHead.data(), kChunkedHead.size()), error);
    eager(true);
  }
  std::string* out = nullptr;

 private:
  void on_request_impl(http::verb, BeastView, BeastView, int, error_code&) override {}
  void on_response_impl(int, BeastView, int, error_code&) override {}
  void on_field_impl(http::field, BeastView, BeastView, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  std::size_t on_body_impl(BeastView body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, error_code&) override {
    out->append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(error_code&) override {}
};

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool decode(std::string_view raw, std::string& path) {
  path.clear();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '%') {
      const int high = i + 2 < raw.size() ? hex_value(raw[i + 1]) : -1;
      const int low = i + 2 < raw.size() ? hex_value(raw[i + 2]) : -1;
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
    path.push_back(c == '\\' ? '/' : c);
  }
  return true;
}

// RFC 3986 section 5.2.4, in place.
bool remove_dot_segments(std::string& path) {
  std::size_t out = 0;
  for (std::size_t in = 0; in < path.size();) {
    const std::size_t end = std::min(path.find('/', in + 1), path.size());
    const std::string_view segment = std::string_view(path).substr(in + 1, end - in - 1);
    const bool last = end == path.size();
    if (segment == "..") {
      if (out == 0) return false;
      out = path.rfind('/', out - 1);
      if (last) path[out++] = '/';
    } else if (segment == ".") {
      if (last) path[out++] = '/';
    } else {
      std::copy(path.begin() + static_cast<std::ptrdiff_t>(in), path.begin() + static_cast<std::ptrdiff_t>(end),
                path.begin() + static_cast<std::ptrdiff_t>(out));
      out += end - in;
    }
    in = end;
  }
  path.resize(out);
  if (path.empty()) path = "/";
  return true;
}

bool take_absolute_form(HttpRequest& request) {
  if (request.target.starts_with('/')) return true;
  if (request.target == "*") return request.method == "OPTIONS";
  const std::size_t scheme = request.target.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::size_t path = request.target.find('/', scheme + 3);
  if (path == std::string_view::npos) return false;
  request.host = request.target.substr(scheme + 3, path - scheme - 3);
  request.target.remove_prefix(path);
  return true;
}

// Transfer-Encoding may be "chunked" and nothing else, and not next to a length (RFC 9112 section 6.3).
int take_framing(HttpRequest& request) {
  unsigned lengths = 0;
  unsigned codings = 0;
  for (const HeaderField& field : request.fields) {
    if (equals_ignoring_case(field.name, "content-length")) {
      request.content_length = parse_length(field.value);
      if (++lengths > 1 || !request.content_length) return 400;
    } else if (equals_ignoring_case(field.name, "transfer-encoding")) {
      if (!equals_ignoring_case(field.value, "chunked")) return 501;
      request.chunked = true;
      ++codings;
    }
  }
  return codings > 1 || (codings != 0 && (lengths != 0 || request.minor_version == 0)) ? 400 : 0;
}

int take_fields(HttpRequest& request) {
  unsigned hosts = 0;
  for (const HeaderField& field : request.fields) {
    if (equals_ignoring_case(field.name, "host")) {
      if (request.host.empty()) request.host = field.value;
      ++hosts;
    } else if (equals_ignoring_case(field.name, "expect")) {
      request.expect_continue = equals_ignoring_case(field.value, "100-continue") && request.minor_version == 1;
    }
  }
  if (hosts > 1 || (hosts == 0 && request.minor_version == 1)) return 400;
  const bool close = has_list_token(request.fields, "connection", "close");
  request.keep_alive =
      !close && (request.minor_version == 1 || has_list_token(request.fields, "connection", "keep-alive"));
  if (has_list_token(request.fields, "connection", "upgrade")) {
    const HeaderField* upgrade = find_field(request.fields, "upgrade");
    if (upgrade != nullptr) request.upgrade = upgrade->value;
  }
  return take_framing(request);
}

}  // namespace

void HttpRequest::clear() noexcept {
  head.clear();
  method = target = raw_path = query = host = upgrade = remote_address = {};
  path.clear();
  fields.clear();
  content_length.reset();
  minor_version = 1;
  chunked = expect_continue = false;
  keep_alive = true;
}

std::size_t find_head_end(std::string_view input, std::size_t from) noexcept {
  const std::size_t end = input.find("\r\n\r\n", from > 3 ? from - 3 : 0);
  return end == std::string_view::npos ? end : end + 4;
}

bool normalize_path(std::string_view raw, std::string& path) {
  return decode(raw, path) && (path == "*" || (path.starts_with('/') && remove_dot_segments(path)));
}

int parse_request_head(HttpRequest& request) {
  HeadParser parser(request);
  error_code error;
  parser.put(net::buffer(request.head.data(), request.head.size()), error);
  if (error == http::error::bad_version) return 505;
  if (error || !parser.is_header_done() || parser.refused()) return 400;
  request.minor_version = parser.version() - 10;
  if (!take_absolute_form(request)) return 400;
  if (const int status = take_fields(request)) return status;
  const std::size_t question = request.target.find('?');
  request.raw_path = request.target.substr(0, question);
  request.query = question == std::string_view::npos ? std::string_view() : request.target.substr(question + 1);
  return normalize_path(request.raw_path, request.path) ? 0 : 400;
}

struct ChunkedReader::Impl {
  BodyParser parser;
  std::string rest;  // what the library wants to see again
};

ChunkedReader::ChunkedReader() : impl_(std::make_unique<Impl>()) {}

ChunkedReader::~ChunkedReader() = default;

ChunkedReader::State ChunkedReader::read(std::string_view& input, std::string& out) {
  constexpr std::size_t kMaxRest = 16U << 10U;  // chunk extensions and trailers
  BodyParser& parser = impl_->parser;
  parser.out = &out;
  std::string& rest = impl_->rest;
  const std::size_t before = rest.size();
  const bool joined = before != 0;
  if (joined) rest.append(input);
  const std::string_view all = joined ? std::string_view(rest) : input;
  std::size_t used = 0;
  while (used < all.size() && !parser.is_done()) {
    error_code error;
    const std::size_t count = parser.put(net::buffer(all.data() + used, all.size() - used), error);
    used += count;
    if (error == http::error::need_more || (!error && count == 0)) break;
    if (error) return State::kBad;
  }
  if (parser.is_done()) {
    input.remove_prefix(used - before);
    return State::kDone;
  }
  if (all.size() - used > kMaxRest) return State::kBad;
  std::string left(all.substr(used));
  rest.swap(left);
  input = {};
  return State::kMore;
}

}  // namespace zoo::module
