// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/fetch.h"
#include "feedgen/base/part_file.h"

namespace zoo {

/// How the transport ended one exchange.
struct TransportEnd {
  bool ok = false;         ///< The answer arrived in full, as its framing says.
  bool transient = false;  ///< Not ok, but another attempt may succeed.
  std::string reason;      ///< Not ok: what happened.
  std::string redirect;    ///< Absolute URL of Location, for a 3xx answer.
  std::chrono::seconds retry_after{0};
};

/// The decisions of one download: what to ask for, what to make of the answer, whether to ask again. Does no network
/// I/O itself: the transport feeds it lines of the head and pieces of the body. Used in one thread.
class Transfer {
 public:
  enum class Next {
    kOver,        ///< See outcome().
    kAgain,       ///< Ask at once (redirect, restart).
    kAgainLater,  ///< Ask after wait().
  };

  /// Keeps references to both.
  Transfer(const FetchRequest& request, const FetchOptions& options);

  /// Opens the part file; kOver when that fails.
  Next begin();
  const std::string& url() const { return url_; }
  /// Fields to send beside the transport's own.
  std::vector<std::string> fields() const;
  /// Starts reading a new answer.
  void begin_answer();
  /// False: the transport is to stop; so for on_body.
  bool on_head_line(std::string_view line);
  bool on_body(const char* data, std::size_t size);
  Next on_end(const TransportEnd& end);
  std::chrono::milliseconds wait() const { return wait_; }
  void interrupt();
  FetchOutcome& outcome() { return outcome_; }

 private:
  bool is_file() const { return scheme_ == "file"; }
  bool asks_range() const { return range_allowed_ && part_.size() != 0; }
  bool asks_if_changed() const;
  std::optional<std::uint64_t> announced() const;
  bool accept_body();
  bool accept_whole();
  bool accept_rest();
  bool check_answer(std::optional<std::uint64_t> total);
  std::string choose_if_range() const;
  void show_progress();
  bool stop(Error error);
  bool stop_and_restart();
  Next judge_answer(const TransportEnd& end);
  Next follow(const std::string& location);
  Next not_modified();
  Next whole_body_arrived();
  Next restart_whole();
  Next retry(std::string_view reason, std::chrono::seconds retry_after);
  Next failed(Error error);
  Error error(ExitCode code, std::string_view reason) const;
  std::optional<Error> mismatch(const FileHashes& hashes) const;
  std::string kept_note() const;

  const FetchRequest& request_;
  const FetchOptions& options_;
  FetchOutcome outcome_;
  Progress::Item item_;
  PartFile part_;
  std::string url_;  ///< Of the next exchange: the request's, or where a redirect leads.
  std::string scheme_;
  std::set<std::string> visited_;
  unsigned restarts_ = 0;
  bool range_allowed_ = true;
  bool condition_allowed_ = true;
  std::chrono::milliseconds wait_{0};

  // Of the answer being read.
  HttpAnswer answer_;
  bool head_ended_ = false;
  bool accepted_ = false;  ///< Its body goes into the part file.
  std::uint64_t discarded_ = 0;
  std::optional<std::uint64_t> total_;  ///< Of the whole file, when announced.
  std::optional<Error> refusal_;
  bool wants_restart_ = false;
};

}  // namespace zoo
