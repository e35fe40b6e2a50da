// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/transfer.h"

#include <curl/curl.h>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace zoo {
namespace {

/// The text of an error or redirect is of no interest: a server must not keep us busy with it.
constexpr std::uint64_t kMaxDiscarded = std::uint64_t{64} << 10U;
/// A Last-Modified as young as that may name two contents (RFC 9110, 8.8.2.2).
constexpr std::time_t kDateIsStrongAfter = 60;
/// Answers that make us drop what we have and ask for the whole; more is a server that cannot be right.
constexpr unsigned kMaxRestarts = 2;

bool is_html(const std::string& content_type) {
  return content_type == "text/html" || content_type == "application/xhtml+xml";
}

/// Servers label a stored .gz file with its own compression, which is no coding applied for the transfer.
bool coding_is_the_file(const std::string& coding, const std::string& file_name) {
  return coding.find("gzip") != std::string::npos && (file_name.ends_with(".gz") || file_name.ends_with(".tgz"));
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; });
}

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

Transfer::Transfer(const FetchRequest& request, const FetchOptions& options) : request_(request), options_(options) {}

Transfer::Next Transfer::begin() {
  url_ = request_.url;
  scheme_ = url_scheme(url_);
  if (scheme_ != "http" && scheme_ != "https" && scheme_ != "file") {
    return failed(error(ExitCode::kIo, "only http, https and file URLs can be downloaded"));
  }
  auto part = PartFile::open(request_.target, request_.url);
  if (!part) return failed(error(part.error().code, part.error().message));
  part_ = std::move(*part);
  if (is_file()) range_allowed_ = false;
  if (options_.progress != nullptr) item_ = options_.progress->begin(url_file_name(url_));
  outcome_.attempts = 1;
  return Next::kAgain;
}

bool Transfer::asks_if_changed() const {
  return condition_allowed_ && !is_file() && (request_.known.strong_etag() || !request_.known.modified.empty()) &&
         !has_control(request_.known.etag) && !has_control(request_.known.modified);
}

std::vector<std::string> Transfer::fields() const {
  std::vector<std::string> fields;
  if (asks_range()) {
    fields.push_back(fmt::format("Range: bytes={}-", part_.size()));
    fields.push_back("If-Range: " + part_.if_range());
  }
  if (asks_if_changed()) {
    const bool by_etag = request_.known.strong_etag();
    fields.push_back(by_etag ? "If-None-Match: " + request_.known.etag
                             : "If-Modified-Since: " + request_.known.modified);
  }
  return fields;
}

void Transfer::begin_answer() {
  answer_ = HttpAnswer();
  head_ended_ = false;
  accepted_ = false;
  discarded_ = 0;
  total_.reset();
  refusal_.reset();
  wants_restart_ = false;
}

bool Transfer::on_head_line(std::string_view line) {
  if (line.starts_with("HTTP/")) head_ended_ = false;
  // Trailer fields of a chunked body come by the same way; nothing in them counts.
  if (head_ended_) return true;
  head_ended_ = line.find_first_not_of("\r\n") == std::string_view::npos;
  if (head_ended_) return accept_body();
  answer_.add_line(line);
  return true;
}

/// At the end of the head (or, without one, at the first byte): may the body go into the part file?
bool Transfer::accept_body() {
  if (accepted_) return true;
  const unsigned status = is_file() ? 200 : answer_.status;
  if (status != 200 && status != 206) return true;
  accepted_ = status == 200 ? accept_whole() : accept_rest();
  if (accepted_) show_progress();
  return accepted_;
}

std::optional<std::uint64_t> Transfer::announced() const {
  return answer_.chunked ? std::nullopt : answer_.content_length;
}

bool Transfer::check_answer(std::optional<std::uint64_t> total) {
  if (request_.refuse_html && is_html(answer_.content_type)) {
    return stop(error(ExitCode::kIo, "the server sent an HTML page instead of the file"));
  }
  const std::string& coding = answer_.content_encoding;
  if (!coding.empty() && coding != "identity" && !coding_is_the_file(coding, url_file_name(request_.url))) {
    return stop(error(ExitCode::kIo,
                      fmt::format("the server encoded the file ({}), which was not asked for", shown_url(coding))));
  }
  if (total && *total > options_.max_bytes) {
    return stop(error(ExitCode::kIo, fmt::format("it has {} bytes, the limit is {}", *total, options_.max_bytes)));
  }
  if (total && request_.size && *total != *request_.size) {
    return stop(error(ExitCode::kVerification,
                      fmt::format("the server announces {} bytes, {} are expected", *total, *request_.size)));
  }
  return true;
}

std::string Transfer::choose_if_range() const {
  const Validator& validator = answer_.validator;
  if (is_file() || has_control(validator.etag) || has_control(validator.modified)) return {};
  if (validator.strong_etag()) return validator.etag;
  const std::time_t modified = curl_getdate(validator.modified.c_str(), nullptr);
  const std::time_t date = curl_getdate(answer_.date.c_str(), nullptr);
  const bool strong = modified >= 0 && date >= 0 && date - modified >= kDateIsStrongAfter;
  return strong ? validator.modified : std::string();
}

bool Transfer::accept_whole() {
  total_ = announced();
  if (!check_answer(total_)) return false;
  if (auto begun = part_.restart(answer_.validator, choose_if_range()); !begun) {
    return stop(error(begun.error().code, begun.error().message));
  }
  outcome_.resumed_at = 0;
  return true;
}

/// A 206 must be the continuation that was asked for, of the same content; anything else means: ask for the whole.
bool Transfer::accept_rest() {
  const auto range = parse_content_range(answer_.content_range);
  if (!asks_range() || !range || range->first != part_.size()) return stop_and_restart();
  if (announced() && *announced() != range->last - range->first + 1) return stop_and_restart();
  const Validator& now = answer_.validator;
  const Validator& before = part_.validator();
  if (!now.etag.empty() && !before.etag.empty() && now.etag != before.etag) return stop_and_restart();
  if (!now.modified.empty() && !before.modified.empty() && now.modified != before.modified) return stop_and_restart();
  total_ = range->total;
  if (!check_answer(total_)) return false;
  outcome_.resumed_at = part_.size();
  return true;
}

bool Transfer::on_body(const char* data, std::size_t size) {
  if (is_file() && !accept_body()) return false;
  if (!accepted_) {
    discarded_ += size;
    return discarded_ <= kMaxDiscarded;
  }
  if (size > options_.max_bytes - std::min(part_.size(), options_.max_bytes)) {
    return stop(error(ExitCode::kIo, fmt::format("it has more than {} bytes, the limit", options_.max_bytes)));
  }
  if (request_.size && part_.size() + size > *request_.size) {
    return stop(error(ExitCode::kVerification, fmt::format("it has more than the {} expected bytes", *request_.size)));
  }
  if (auto appended = part_.append(data, size); !appended) {
    return stop(error(appended.error().code, appended.error().message));
  }
  show_progress();
  return true;
}

void Transfer::show_progress() {
  item_.set(part_.size(), total_ ? total_ : request_.size);
}

bool Transfer::stop(Error error) {
  refusal_ = std::move(error);
  return false;
}

bool Transfer::stop_and_restart() {
  wants_restart_ = true;
  return false;
}

Transfer::Next Transfer::on_end(const TransportEnd& end) {
  if (refusal_) return failed(*refusal_);
  if (wants_restart_) return restart_whole();
  const bool judged_by_status = !is_file() && answer_.status != 0 && !accepted_ && (end.ok || discarded_ != 0);
  if (judged_by_status) return judge_answer(end);
  if (!end.ok) return end.transient ? retry(end.reason, end.retry_after) : failed(error(ExitCode::kIo, end.reason));
  if (!accepted_ && !accept_body()) return failed(*refusal_);
  return whole_body_arrived();
}

Transfer::Next Transfer::judge_answer(const TransportEnd& end) {
  const unsigned status = answer_.status;
  if (is_redirect(status) && !end.redirect.empty()) return follow(end.redirect);
  if (status == 304) return not_modified();
  if (status == 416 && asks_range()) return restart_whole();
  const std::string reason = fmt::format("the server answered {}", status);
  if (status >= 500) return retry(reason, end.retry_after);
  return failed(error(ExitCode::kIo, reason));
}

Transfer::Next Transfer::follow(const std::string& location) {
  const std::string scheme = url_scheme(location);
  const std::string shown = shown_url(location);
  if (scheme != "http" && scheme != "https") {
    return failed(error(ExitCode::kIo, "redirected to " + shown + ", which is no http or https URL"));
  }
  if (scheme_ == "https" && scheme == "http") {
    return failed(error(ExitCode::kIo, "redirected from https to " + shown + ", which is not protected"));
  }
  visited_.insert(url_);
  if (visited_.count(location) != 0) return failed(error(ExitCode::kIo, "redirected in a circle, to " + shown));
  if (visited_.size() > options_.max_redirects) {
    return failed(error(ExitCode::kIo, fmt::format("more than {} redirects", options_.max_redirects)));
  }
  url_ = location;
  scheme_ = scheme;
  return Next::kAgain;
}

Transfer::Next Transfer::not_modified() {
  if (!asks_if_changed()) return failed(error(ExitCode::kIo, "the server answered 304 without being asked"));
  const Validator& now = answer_.validator;
  if (request_.known.strong_etag() && now.strong_etag() && now.etag != request_.known.etag) {
    condition_allowed_ = false;
    return restart_whole();
  }
  part_.discard();
  item_.finish("not modified");
  outcome_.status = FetchOutcome::Status::kNotModified;
  outcome_.final_url = url_;
  return Next::kOver;
}

std::optional<Error> Transfer::mismatch(const FileHashes& hashes) const {
  const auto wrong = [&](std::string_view what, std::string_view seen, std::string_view expected) {
    return error(ExitCode::kVerification, fmt::format("its {} is {}, {} is expected", what, seen, expected));
  };
  if (request_.size && hashes.size != *request_.size) {
    return error(ExitCode::kVerification, fmt::format("it has {} bytes, {} are expected", hashes.size, *request_.size));
  }
  const std::string sha256 = ascii_lower(request_.sha256);
  const std::string sha1 = ascii_lower(request_.sha1);
  if (!sha256.empty() && hashes.sha256 != sha256) return wrong("SHA-256", hashes.sha256, sha256);
  if (!sha1.empty() && hashes.sha1 != sha1) return wrong("SHA-1", hashes.sha1, sha1);
  return std::nullopt;
}

Transfer::Next Transfer::whole_body_arrived() {
  const bool ends_by_closing = !is_file() && answer_.http1 && !answer_.chunked && !answer_.content_length;
  const auto expected = total_ ? total_ : ends_by_closing ? request_.size : std::nullopt;
  if (expected && part_.size() < *expected) {
    return retry(fmt::format("{} of {} bytes arrived", part_.size(), *expected), {});
  }
  const FileHashes hashes = part_.finish_hashes();
  if (auto wrong = mismatch(hashes); wrong) {
    // Bytes that were kept from before may be what is wrong.
    if (outcome_.resumed_at != 0 && restarts_ < kMaxRestarts) return restart_whole();
    part_.discard();
    return failed(std::move(*wrong));
  }
  outcome_.validator = part_.validator();
  if (auto committed = part_.commit(); !committed) {
    return failed(error(committed.error().code, committed.error().message));
  }
  item_.finish(bytes_text(hashes.size));
  outcome_.status = FetchOutcome::Status::kFetched;
  outcome_.hashes = hashes;
  outcome_.final_url = url_;
  outcome_.end_unproven = ends_by_closing;
  return Next::kOver;
}

Transfer::Next Transfer::restart_whole() {
  if (++restarts_ > kMaxRestarts) return failed(error(ExitCode::kIo, "the server answers ranges wrongly"));
  range_allowed_ = false;
  if (auto begun = part_.restart({}, {}); !begun) return failed(error(begun.error().code, begun.error().message));
  url_ = request_.url;
  scheme_ = url_scheme(url_);
  visited_.clear();
  return Next::kAgain;
}

Transfer::Next Transfer::retry(std::string_view reason, std::chrono::seconds retry_after) {
  // What cannot be continued is thrown away at once: the next attempt asks for the whole.
  if (part_.if_range().empty() && part_.size() != 0) {
    if (auto begun = part_.restart({}, {}); !begun) return failed(error(begun.error().code, begun.error().message));
  }
  if (outcome_.attempts >= options_.attempts) {
    return failed(error(ExitCode::kIo, fmt::format("{} (attempt {}{})", reason, outcome_.attempts, kept_note())));
  }
  const unsigned doublings = std::min(outcome_.attempts - 1, 16U);
  wait_ = std::max<std::chrono::milliseconds>(options_.first_wait * (1U << doublings), retry_after);
  wait_ = std::min(wait_, options_.longest_wait);
  ++outcome_.attempts;
  url_ = request_.url;
  scheme_ = url_scheme(url_);
  visited_.clear();
  return Next::kAgainLater;
}

std::string Transfer::kept_note() const {
  if (!part_.is_open() || part_.size() == 0 || part_.if_range().empty()) return {};
  return fmt::format("; {} kept, the next run continues", bytes_text(part_.size()));
}

Error Transfer::error(ExitCode code, std::string_view reason) const {
  return Error{code, fmt::format("cannot download {}: {}", shown_url(request_.url), reason)};
}

Transfer::Next Transfer::failed(Error error) {
  outcome_.status = FetchOutcome::Status::kFailed;
  outcome_.error = std::move(error);
  outcome_.final_url = url_;
  part_ = PartFile();
  item_.finish("failed");
  return Next::kOver;
}

void Transfer::interrupt() {
  outcome_.status = FetchOutcome::Status::kInterrupted;
  part_ = PartFile();
  item_.finish("interrupted");
}

}  // namespace zoo
