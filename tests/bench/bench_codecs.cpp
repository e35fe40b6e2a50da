// SPDX-License-Identifier: Apache-2.0
// What the codecs cost, on one thread. Run a Release build.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/cgi_environment.h"
#include "module/core/fastcgi.h"
#include "module/core/http1_client.h"

namespace {

using namespace zoo::module;

/// Counts what it is told, so that the compiler cannot drop the work.
class FastCgiCounter : public FastCgiEvents {
 public:
  void on_head(std::uint16_t, const CgiResponseHead& head) override { seen += head.fields.size(); }
  void on_body(std::uint16_t, std::string_view data) override { seen += data.size(); }
  void on_stderr(std::uint16_t, std::string_view data) override { seen += data.size(); }
  void on_request_error(std::uint16_t, const CodecError&) override { ++errors; }
  void on_end(std::uint16_t, const FastCgiEnd& end) override { seen += end.app_status; }
  void on_value(std::string_view, std::string_view) override {}
  void on_values_end() override {}
  void on_unknown_type(std::uint8_t) override {}
  void on_connection_error(const CodecError&) override { ++errors; }

  std::size_t seen = 0;
  std::size_t errors = 0;
};

class Http1Counter : public Http1Events {
 public:
  void on_interim(const Http1ResponseHead&) override {}
  void on_head(const Http1ResponseHead& head) override { seen += head.fields.size(); }
  void on_body(std::string_view data) override { seen += data.size(); }
  void on_trailers(std::span<const HeaderField> fields) override { seen += fields.size(); }
  void on_tunnel(std::string_view) override {}
  void on_complete(bool reusable) override { seen += reusable ? 1 : 0; }
  void on_error(const CodecError&) override { ++errors; }

  std::size_t seen = 0;
  std::size_t errors = 0;
};

/// Rounds of about a millisecond, which the scheduler seldom interrupts: the best one is what the work costs, the
/// median what it costs on this machine now.
template <typename Work>
void measure(const char* name, std::size_t bytes, std::size_t repeats, Work work) {
  using Clock = std::chrono::steady_clock;
  constexpr std::size_t kRounds = 201;
  std::array<double, kRounds> nanoseconds{};
  for (double& round : nanoseconds) {
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < repeats; ++i) work();
    const std::chrono::duration<double, std::nano> elapsed = Clock::now() - begin;
    round = elapsed.count() / static_cast<double>(repeats);
  }
  std::ranges::sort(nanoseconds);
  const double best = nanoseconds.front();
  std::printf("| %s | %.0f | %.0f | %.0f |\n", name, best, nanoseconds[kRounds / 2],
              static_cast<double>(bytes) / best * 1000);
}

std::string record(char type, std::string_view content) {
  const std::array<char, kFastCgiHeaderSize> header = {
      1, type, 0, 1, static_cast<char>(content.size() >> 8), static_cast<char>(content.size() & 0xFF), 0, 0};
  return std::string(header.data(), header.size()).append(content);
}

constexpr char kEndRequest = 3;
constexpr char kStdout = 6;
constexpr std::string_view kHead =
    "Status: 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 13\r\nX-Frame-Options: DENY\r\n"
    "Vary: Cookie\r\n\r\n";

std::string fastcgi_response(std::size_t body_size) {
  const std::string body(body_size, 'x');
  std::string bytes = record(kStdout, kHead);
  for (std::string_view rest = body; !rest.empty(); rest.remove_prefix(std::min(rest.size(), kFastCgiMaxContent))) {
    bytes += record(kStdout, rest.substr(0, kFastCgiMaxContent));
  }
  return bytes + record(kStdout, "") + record(kEndRequest, std::string(8, '\0'));
}

std::size_t bench_fastcgi(const char* name, std::size_t body_size, std::size_t piece, std::size_t repeats) {
  const std::string bytes = fastcgi_response(body_size);
  FastCgiDecoder decoder;
  FastCgiCounter counter;
  measure(name, bytes.size(), repeats, [&] {
    if (!decoder.open(1)) ++counter.errors;
    for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
      decoder.feed(rest.substr(0, piece), counter);
    }
  });
  return counter.errors;
}

std::size_t bench_http1(const char* name, const std::string& bytes, std::size_t piece, std::size_t repeats) {
  Http1ResponseDecoder decoder;
  Http1Counter counter;
  measure(name, bytes.size(), repeats, [&] {
    decoder.begin({});
    for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
      decoder.feed(rest.substr(0, piece), counter);
    }
  });
  return counter.errors;
}

std::string http1_response(bool chunked, std::size_t body_size) {
  const std::string body(body_size, 'x');
  std::string bytes =
      "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-Frame-Options: DENY\r\nVary: Cookie\r\n";
  if (!chunked) return bytes + "Content-Length: " + std::to_string(body_size) + "\r\n\r\n" + body;
  constexpr std::size_t kChunk = 16384;
  bytes += "Transfer-Encoding: chunked\r\n\r\n";
  for (std::string_view rest = body; !rest.empty(); rest.remove_prefix(std::min(rest.size(), kChunk))) {
    append_http1_chunk(bytes, rest.substr(0, kChunk));
  }
  return bytes.append(kHttp1LastChunk);
}

const std::vector<HeaderField> kBrowserHeaders = {
    {"Host", "example.org"},
    {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
    {"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
    {"Accept-Language", "en-US,en;q=0.5"},
    {"Accept-Encoding", "gzip, deflate, br"},
    {"Cookie", "csrftoken=0123456789abcdef0123456789abcdef; sessionid=abcdefghijklmnopqrstuvwxyz012345"},
    {"Connection", "keep-alive"},
    {"Upgrade-Insecure-Requests", "1"},
};

void bench_requests() {
  CgiRequest request;
  request.method = "GET";
  request.request_uri = "/blog/2024/hello?page=2";
  request.path_info = "/blog/2024/hello";
  request.query = "page=2";
  request.server_name = "example.org";
  request.server_port = 80;
  request.remote_address = "10.0.0.1";
  request.remote_port = 50000;
  request.headers = kBrowserHeaders;
  CgiEnvironment environment;
  std::string out;
  const auto encode = [&] {
    out.clear();
    environment.build(request);
    append_begin_request(out, 1, FastCgiKeepConnection::kYes);
    FastCgiParamsWriter writer(out, 1);
    for (const HeaderField& variable : environment.variables()) writer.add(variable.name, variable.value);
    writer.finish();
    append_stdin_end(out, 1);
  };
  encode();
  measure("FastCGI request: variables and records", out.size(), 500, encode);
}

}  // namespace

int main() {
  std::printf("| what | best, ns | median, ns | best, MB/s |\n| --- | ---: | ---: | ---: |\n");
  bench_requests();
  std::size_t errors = bench_fastcgi("FastCGI response, 13 bytes, one piece", 13, 65536, 2000);
  errors += bench_fastcgi("FastCGI response, 13 bytes, pieces of 32 bytes", 13, 32, 1000);
  errors += bench_fastcgi("FastCGI response, 16 MiB, pieces of 64 KiB", 16U << 20U, 65536, 20);
  errors += bench_fastcgi("FastCGI response, 16 MiB, pieces of 4 KiB", 16U << 20U, 4096, 10);
  errors += bench_http1("HTTP response, 13 bytes, one piece", http1_response(false, 13), 65536, 2000);
  errors += bench_http1("HTTP response, 16 MiB, pieces of 64 KiB", http1_response(false, 16U << 20U), 65536, 20);
  errors += bench_http1("HTTP response, 16 MiB in chunks of 16 KiB", http1_response(true, 16U << 20U), 65536, 20);
  if (errors != 0) std::fprintf(stderr, "the benchmark's input was refused %zu times\n", errors);
  return errors == 0 ? 0 : 1;
}
