// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "feedgen/base/hash.h"
#include "feedgen/base/http_fields.h"
#include "feedgen/base/interrupt.h"
#include "feedgen/base/progress.h"
#include "feedgen/base/result.h"

/// Downloads of large files over http, https and file URLs.
namespace zoo {

struct FetchOptions {
  unsigned parallel = 4;                  ///< Transfers at the same time.
  std::uint64_t max_bytes = 4ULL << 30U;  ///< A larger file is refused by its announced size, or while it arrives.
  unsigned attempts = 5;                  ///< For each file; only failures that may pass are tried again, no 4xx.
  unsigned max_redirects = 10;
  std::chrono::milliseconds first_wait{1000};     ///< Before the second attempt; doubled each time.
  std::chrono::milliseconds longest_wait{30000};  ///< Bounds the doubling and what Retry-After can ask for.
  std::chrono::milliseconds connect_timeout{30000};
  std::chrono::seconds stall_time{30};  ///< Given up after so long below `stall_rate`, waiting for the head included.
  long stall_rate = 1;                  ///< Bytes per second.
  std::string user_agent = "zoo-feedgen";      ///< Programs add "/" and their version.
  std::string ca_file;                         ///< PEM file of trusted roots; "": SSL_CERT_FILE, else the system's.
  Progress* progress = nullptr;                ///< Not owned; null: silent.
  const Cancellation* cancellation = nullptr;  ///< Not owned; null: cannot be stopped.
};

struct FetchRequest {
  std::string url;
  std::string target;  ///< Replaced when complete; no two requests of a run share one. `<target>.part` grows meanwhile.
  std::optional<std::uint64_t> size;  ///< What the file must have: checked early and again at the end, with code
  std::string sha1;                   ///< kVerification on a mismatch; hexadecimal in any case, "" when unknown.
  std::string sha256;
  Validator known;          ///< Of content already known: ask for it only if it changed. Weak ETags are not sent.
  bool refuse_html = true;  ///< An HTML page in place of the file is an error: a login or "not found" page.
};

struct FetchOutcome {
  enum class Status {
    kFetched,
    kNotModified,  ///< The content known by FetchRequest::known is current; no target was written.
    kFailed,
    kInterrupted  ///< Stopped by the cancellation, or not begun. Received bytes are kept where they can be continued.
  };
  Status status = Status::kInterrupted;
  Error error;                   ///< For kFailed: names the URL, without user name and password.
  FileHashes hashes;             ///< For kFetched: of the whole file, taken while it arrived.
  Validator validator;           ///< For kFetched: of the content.
  std::string final_url;         ///< After redirects.
  std::uint64_t resumed_at = 0;  ///< For kFetched: bytes that an earlier attempt or run had received.
  unsigned attempts = 0;
  /// For kFetched: the server gave no length and ended by closing the connection, so a cut would look the same.
  bool end_unproven = false;
};

/// Called in fetch_all's thread as soon as one is over, in any order.
using FetchDone = std::function<void(std::size_t index, const FetchOutcome& outcome)>;

/// Downloads all of them; outcomes are in the order of the requests. https never falls back to http, TLS certificates
/// are verified, proxies come from the environment (http_proxy, https_proxy, no_proxy), content codings are not asked
/// for. Interrupted downloads continue with Range and If-Range (RFC 9110, 14.2 and 13.1.5) when the server's validator
/// allows. May run in several threads at the same time.
std::vector<FetchOutcome> fetch_all(const std::vector<FetchRequest>& requests, const FetchOptions& options,
                                    const FetchDone& done = {});

}  // namespace zoo
