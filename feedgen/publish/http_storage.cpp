// SPDX-License-Identifier: Apache-2.0
#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <utility>
#include <vector>

#include "feedgen/base/hash.h"
#include "feedgen/base/http_fields.h"
#include "feedgen/publish/storage.h"

// Section numbers: RFC 9110.
namespace zoo::publish {
namespace {

constexpr long kConnectSeconds = 30, kStallSeconds = 60;
constexpr std::chrono::seconds kFirstWait{1};
constexpr std::size_t kMaxAnswer = 64U << 10U;  // of an answer that is not wanted

struct CurlFree {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FileClose {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Handle = std::unique_ptr<CURL, CurlFree>;

/// One exchange: what is sent, and what came back.
struct Exchange {
  const char* method = "GET";
  std::string name;
  std::vector<std::string> fields;
  std::string path;  ///< For PUT.
  std::size_t limit = kMaxAnswer;
  HttpAnswer answer;
  std::string body;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t bytes = size * count;
  if (exchange.body.size() + bytes > exchange.limit) {
    // The text of an error is of no interest beyond its beginning.
    exchange.too_large = true;
    return exchange.answer.status == 200 ? 0 : bytes;
  }
  exchange.body.append(data, bytes);
  return bytes;
}

std::size_t on_head(char* data, std::size_t size, std::size_t count, void* user) {
  static_cast<Exchange*>(user)->answer.add_line(std::string_view(data, size * count));
  return size * count;
}

/// A name as a path of a URL has it (RFC 3986, 3.3): slashes stay, what is not unreserved is escaped.
std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || c == '/';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// A bucket says in XML why it refuses: " (AccessDenied)"; "" for other answers.
std::string reason_of(std::string_view body) {
  constexpr std::string_view kBegin = "<Code>";
  const std::size_t begin = body.find(kBegin);
  const std::size_t end = body.find('<', begin + kBegin.size());
  if (begin == std::string_view::npos || end == std::string_view::npos) return {};
  const std::string_view code = body.substr(begin + kBegin.size(), end - begin - kBegin.size());
  const auto plain = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (code.empty() || code.size() > 60 || !std::all_of(code.begin(), code.end(), plain)) return {};
  return fmt::format(" ({})", code);
}

class HttpStorage : public Storage {
 public:
  HttpStorage(std::string url, HttpAccess access) : url_(std::move(url)), access_(std::move(access)) {}

  Result<std::optional<Kept>> get(const std::string& name) override {
    Exchange exchange;
    exchange.name = name;
    exchange.limit = kMaxKept;
    if (const auto done = run(exchange); !done) return tl::unexpected(done.error());
    const unsigned status = exchange.answer.status;
    if (status == 404 || status == 410) return std::optional<Kept>();
    if (status != 200) return refused(exchange);
    return std::optional<Kept>(Kept{std::move(exchange.body), exchange.answer.validator.etag});
  }

  Result<void> put(const std::string& name, const std::string& path, const PutOptions& options) override {
    Exchange exchange;
    exchange.method = "PUT";
    exchange.name = name;
    exchange.path = path;
    exchange.fields = {"Content-Type: " + options.content_type};
    // libcurl would sign the field that is not sent.
    if (access_.s3.key.empty()) exchange.fields.emplace_back("Expect:");
    if (options.no_cache) exchange.fields.emplace_back("Cache-Control: no-cache");
    if (options.expected) {
      // 13.1.1 and 13.1.2: a file without ETag cannot be told from another, and is replaced as it is.
      if (*options.expected == kAbsent)
        exchange.fields.emplace_back("If-None-Match: *");
      else if (!options.expected->empty())
        exchange.fields.push_back("If-Match: " + *options.expected);
    }
    if (auto done = run(exchange); !done) return done;
    const unsigned status = exchange.answer.status;
    if (status == 200 || status == 201 || status == 204) return {};
    // 409: of two conditional requests for one file at the same time a bucket takes one.
    if (status == 412 || (status == 409 && options.expected))
      return fail(ExitCode::kVerification, fmt::format("{} has changed meanwhile", shown(name)));
    return refused(exchange);
  }

  Result<void> remove(const std::string& name) override {
    Exchange exchange;
    exchange.method = "DELETE";
    exchange.name = name;
    if (auto done = run(exchange); !done) return done;
    const unsigned status = exchange.answer.status;
    if (status == 200 || status == 202 || status == 204 || status == 404 || status == 410) return {};
    return refused(exchange);
  }

 private:
  std::string shown(const std::string& name) const { return shown_url(url_ + name); }

  tl::unexpected<Error> refused(const Exchange& exchange) const {
    return fail(ExitCode::kIo, fmt::format("{} {}: the server answered {}{}", exchange.method, shown(exchange.name),
                                           exchange.answer.status, reason_of(exchange.body)));
  }

  /// Tries again what may pass: all three methods may be repeated (9.2.2).
  Result<void> run(Exchange& exchange) {
    if (auto ready = add_signed_fields(exchange); !ready) return ready;
    std::chrono::seconds wait = kFirstWait;
    for (unsigned attempt = 1;; ++attempt, wait *= 2) {
      const CURLcode code = once(exchange);
      const bool again = exchange.answer.status >= 500 || (code != CURLE_OK && exchange.answer.status == 0);
      if (code == CURLE_OK && !again) return {};
      if (again && attempt < access_.attempts) {
        std::this_thread::sleep_for(wait);
        continue;
      }
      if (code == CURLE_OK) return refused(exchange);
      return fail(ExitCode::kIo, fmt::format("{} {}: {}", exchange.method, shown(exchange.name),
                                             exchange.too_large ? "the file is too large" : curl_easy_strerror(code)));
    }
  }

  CURLcode once(Exchange& exchange) {
    exchange.answer = HttpAnswer();
    exchange.body.clear();
    if (!handle_) handle_.reset(curl_easy_init());
    CURL* curl = handle_.get();
    if (curl == nullptr) return CURLE_FAILED_INIT;
    curl_easy_reset(curl);
    const std::string url = url_ + escaped(exchange.name);
    common(curl, url, exchange);
    const std::unique_ptr<std::FILE, FileClose> file(exchange.path.empty() ? nullptr
                                                                           : std::fopen(exchange.path.c_str(), "rb"));
    if (!exchange.path.empty()) {
      std::error_code error;
      const std::uint64_t size = std::filesystem::file_size(exchange.path, error);
      if (!file || error) return CURLE_READ_ERROR;
      curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(curl, CURLOPT_READDATA, file.get());
      curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
    } else {
      curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, exchange.method);
    }
    const std::unique_ptr<curl_slist, ListFree> fields(list(exchange.fields));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields.get());
    return curl_easy_perform(curl);
  }

  void common(CURL* curl, const std::string& url, Exchange& exchange) const {
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, access_.user_agent.c_str());
    if (!access_.user.empty()) curl_easy_setopt(curl, CURLOPT_USERPWD, access_.user.c_str());
    if (!access_.token.empty()) {
      curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
      curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, access_.token.c_str());
    }
    sign(curl);
  }

  /// The fields of a request that is signed for a bucket: the hash of its content, and the token of a session.
  Result<void> add_signed_fields(Exchange& exchange) const {
    if (access_.s3.key.empty()) return {};
    constexpr std::string_view kNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    std::string hash(kNothing);
    if (!exchange.path.empty()) {
      const Result<FileHashes> hashes = hash_file(exchange.path);
      if (!hashes) return tl::unexpected(hashes.error());
      hash = hashes->sha256;
    }
    exchange.fields.push_back("x-amz-content-sha256: " + hash);
    if (!access_.s3.session_token.empty())
      exchange.fields.push_back("x-amz-security-token: " + access_.s3.session_token);
    return {};
  }

  void sign(CURL* curl) const {
    if (access_.s3.key.empty()) return;
    curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, fmt::format("aws:amz:{}:s3", access_.s3.region).c_str());
    curl_easy_setopt(curl, CURLOPT_USERPWD, fmt::format("{}:{}", access_.s3.key, access_.s3.secret).c_str());
  }

  static curl_slist* list(const std::vector<std::string>& fields) {
    curl_slist* out = nullptr;
    for (const std::string& field : fields) {
      curl_slist* longer = curl_slist_append(out, field.c_str());
      if (longer != nullptr) out = longer;
    }
    return out;
  }

  std::string url_;
  HttpAccess access_;
  Handle handle_;
};

}  // namespace

std::unique_ptr<Storage> http_storage(std::string url, HttpAccess access) {
  return std::make_unique<HttpStorage>(std::move(url), std::move(access));
}

}  // namespace zoo::publish
