// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/locker.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "feedgen/base/authenticode.h"
#include "feedgen/base/files.h"
#include "feedgen/catalog/download_cache.h"
#include "feedgen/catalog/values.h"

namespace zoo::catalog {
namespace {

using Status = LockResult::Status;

/// What all manifests together know of one URL.
struct Known {
  std::optional<std::uint64_t> size;
  std::string sha1, sha256;
  bool signature = false;
  std::string signer;
  std::string conflict;  ///< Where they contradict each other, or "".

  /// The bytes are pinned down by something that a server cannot fake.
  bool has_digest() const { return !sha1.empty() || !sha256.empty(); }
};

/// One URL on its way.
struct Work {
  Known known;
  const LockEntry* old = nullptr;
  std::optional<CachedFile> cached;  ///< What a 304 confirms, when that is not `old`.
  LockResult result;
};

void merge_text(std::string& into, const std::string& value, std::string_view what, std::string& conflict) {
  if (value.empty()) return;
  if (!into.empty() && into != value && conflict.empty()) {
    conflict = fmt::format("manifests disagree about its {}: {} and {}", what, into, value);
  }
  into = value;
}

void merge(Known& known, const LockTarget& target) {
  if (target.size) {
    std::string size = known.size ? std::to_string(*known.size) : std::string();
    merge_text(size, std::to_string(*target.size), "size", known.conflict);
    known.size = target.size;
  }
  merge_text(known.sha1, ascii_lower(target.sha1), "SHA-1", known.conflict);
  merge_text(known.sha256, ascii_lower(target.sha256), "SHA-256", known.conflict);
  merge_text(known.signer, target.signer, "signer", known.conflict);
  known.signature = known.signature || target.signature || !target.signer.empty();
}

std::string differs(std::string_view what, const auto& is, const auto& expected) {
  return fmt::format("its {} is {}, the manifest says {}", what, is, expected);
}

/// How the bytes contradict the manifests, or "".
std::string contradiction(const Known& known, const FileHashes& is) {
  if (known.size && *known.size != is.size) return differs("size", is.size, *known.size);
  if (!known.sha256.empty() && known.sha256 != is.sha256) return differs("SHA-256", is.sha256, known.sha256);
  if (!known.sha1.empty() && known.sha1 != is.sha1) return differs("SHA-1", is.sha1, known.sha1);
  return {};
}

/// The same, of bytes and signature.
std::string contradiction(const Known& known, const LockEntry& entry) {
  std::string wrong = contradiction(known, FileHashes{entry.sha1, entry.sha256, entry.size});
  if (!wrong.empty()) return wrong;
  if (known.signature && entry.signer.empty()) return "it has no Authenticode signature";
  if (!known.signer.empty() && known.signer != entry.signer) return differs("signer", entry.signer, known.signer);
  return {};
}

std::string difference(const LockEntry& before, const LockEntry& now) {
  std::vector<std::string> parts;
  const auto compare = [&](std::string_view what, const auto& a, const auto& b) {
    if (a != b) parts.push_back(fmt::format("{} {} instead of {}", what, b, a));
  };
  const auto signer_text = [](const std::string& signer) { return signer.empty() ? std::string("none") : signer; };
  compare("size", before.size, now.size);
  compare("SHA-1", before.sha1, now.sha1);
  compare("SHA-256", before.sha256, now.sha256);
  compare("signer", signer_text(before.signer), signer_text(now.signer));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string xml_text_or_nothing(const std::string& text) {
  return is_xml_text(text) ? text : std::string();
}

class Locker {
 public:
  explicit Locker(const LockRequest& request)
      : request_(request), cache_(request.cache_folder.empty() ? default_cache_folder() : request.cache_folder) {}

  Result<LockReport> run() {
    collect();
    measure_all();
    LockFile lock = request_.lock;
    LockReport report;
    if (!request_.check) {
      apply(lock);
      report.pruned = prune(lock);
      if (auto written = write(lock); !written) return tl::unexpected<Error>(written.error());
      report.written = !(lock == request_.lock);
    }
    for (auto& [url, work] : works_) {
      if (const LockEntry* entry = lock.find(url); entry != nullptr) work.result.entry = *entry;
      report.files.push_back(std::move(work.result));
    }
    return report;
  }

 private:
  void collect() {
    std::map<std::string, std::set<std::string>> products;
    for (const LockTarget& target : request_.targets) {
      merge(works_[target.url].known, target);
      products[target.url].insert(target.product_id);
    }
    for (auto& [url, work] : works_) {
      work.result.url = url;
      work.result.product_ids.assign(products[url].begin(), products[url].end());
      work.old = request_.lock.find(url);
    }
  }

  void measure_all() {
    std::vector<FetchRequest> requests;
    std::vector<Work*> waiting;
    for (auto& [url, work] : works_) {
      if (!refused_beforehand(work)) {
        requests.push_back(prepare(work));
        waiting.push_back(&work);
      }
    }
    fetch_all(requests, request_.fetch,
              [&](std::size_t index, const FetchOutcome& outcome) { settle(*waiting[index], outcome); });
  }

  /// What can be judged without the network.
  bool refused_beforehand(Work& work) const {
    if (!work.known.conflict.empty()) {
      fail(work, ExitCode::kVerification, work.known.conflict);
    } else if (request_.check && work.old == nullptr) {
      fail(work, ExitCode::kVerification, "it is not locked");
    } else if (request_.check && !contradiction(work.known, *work.old).empty()) {
      fail(work, ExitCode::kVerification, "by the lock, " + contradiction(work.known, *work.old));
    }
    return work.result.status == Status::kFailed;
  }

  FetchRequest prepare(Work& work) const {
    const std::string& url = work.result.url;
    FetchRequest out;
    out.url = url;
    out.target = cache_.path(url);
    out.size = work.known.size;
    out.sha1 = work.known.sha1;
    out.sha256 = work.known.sha256;
    if (work.old != nullptr && contradiction(work.known, *work.old).empty()) {
      out.known = {work.old->etag, work.old->modified};
      return out;
    }
    work.cached = cache_.find(url);
    if (work.cached && !contradiction(work.known, work.cached->hashes).empty()) work.cached.reset();
    if (work.cached) out.known = work.cached->validator;
    return out;
  }

  void settle(Work& work, const FetchOutcome& outcome) {
    switch (outcome.status) {
      case FetchOutcome::Status::kInterrupted:
        return;
      case FetchOutcome::Status::kFailed:
        return fail(work, outcome.error.code, outcome.error.message);
      case FetchOutcome::Status::kFetched:
        return settle_fetched(work, outcome);
      case FetchOutcome::Status::kNotModified:
        break;
    }
    if (work.cached) return measure(work, *work.cached);
    work.result.status = Status::kUnchanged;
    work.result.entry = *work.old;
    work.result.entry->seen = now();
  }

  void settle_fetched(Work& work, const FetchOutcome& outcome) {
    const std::string& url = work.result.url;
    const bool pinned = work.known.size || work.known.has_digest();
    if (outcome.hashes.size == 0 || (outcome.end_unproven && !pinned)) {
      cache_.remove(url);
      return fail(work, ExitCode::kIo,
                  outcome.hashes.size == 0
                      ? "the file is empty"
                      : "the server gave no length, so that a cut cannot be told from the end; put its size or SHA-256 "
                        "into the manifest");
    }
    if (auto noted = cache_.note(url, outcome.hashes, outcome.validator); !noted) {
      return fail(work, noted.error().code, noted.error().message);
    }
    measure(work, {cache_.path(url), outcome.hashes, outcome.validator});
  }

  /// Judges the bytes that are there.
  void measure(Work& work, const CachedFile& file) const {
    const auto signature = read_signature(file.path);
    if (!signature) return fail(work, signature.error().code, signature.error().message);
    LockEntry entry;
    entry.size = file.hashes.size;
    entry.sha1 = file.hashes.sha1;
    entry.sha256 = file.hashes.sha256;
    entry.etag = xml_text_or_nothing(file.validator.etag);
    entry.modified = xml_text_or_nothing(file.validator.modified);
    entry.seen = now();
    if (signature->state == Signature::State::kSigned) entry.signer = xml_text_or_nothing(collapsed(signature->signer));
    if (!signature_acceptable(work, *signature)) return;
    if (const std::string wrong = contradiction(work.known, entry); !wrong.empty()) {
      return fail(work, ExitCode::kVerification, wrong);
    }
    record(work, std::move(entry));
  }

  /// A damaged signature is a sign of a damaged file unless a digest in the manifest says otherwise.
  static bool signature_acceptable(Work& work, const Signature& signature) {
    const bool damaged = signature.state == Signature::State::kDamaged;
    if (!damaged && signature.state != Signature::State::kUnverifiable) return true;
    const std::string text =
        fmt::format("its Authenticode signature is {}: {}", name(signature.state), signature.reason);
    if (work.known.signature || (damaged && !work.known.has_digest())) {
      fail(work, ExitCode::kVerification, text);
      return false;
    }
    work.result.note = text;
    return true;
  }

  void record(Work& work, LockEntry entry) const {
    LockResult& result = work.result;
    const bool expected_anew = work.old == nullptr || !contradiction(work.known, *work.old).empty();
    const bool same = work.old != nullptr && work.old->same_content(entry) && work.old->signer == entry.signer;
    if (expected_anew) {
      result.status = Status::kLocked;
    } else if (same) {
      result.status = Status::kUnchanged;
    } else {
      result.status = Status::kChanged;
      result.code = request_.check ? ExitCode::kVerification : ExitCode::kFindings;
      result.reason = difference(*work.old, entry);
    }
    result.entry = std::move(entry);
  }

  static void fail(Work& work, ExitCode code, std::string reason) {
    work.result.status = Status::kFailed;
    work.result.code = code;
    work.result.reason = std::move(reason);
  }

  void apply(LockFile& lock) const {
    for (const auto& [url, work] : works_) {
      if (work.result.entry) {
        lock.entries[url] = *work.result.entry;
      } else if (work.old != nullptr && !contradiction(work.known, *work.old).empty()) {
        // What the manifest contradicts must not get into a feed, whatever became of the download.
        lock.entries.erase(url);
      }
    }
  }

  std::vector<std::string> prune(LockFile& lock) const {
    std::vector<std::string> pruned;
    if (!request_.prune) return pruned;
    for (auto entry = lock.entries.begin(); entry != lock.entries.end();) {
      const std::string& url = entry->first;
      const bool used = works_.count(url) != 0 || request_.used_urls.count(url) != 0;
      if (!used) pruned.push_back(url);
      entry = used ? std::next(entry) : lock.entries.erase(entry);
    }
    return pruned;
  }

  /// A lock that never was and holds nothing is not made.
  Result<void> write(const LockFile& lock) const {
    std::error_code error;
    if (lock.entries.empty() && !std::filesystem::exists(request_.lock_path, error)) return {};
    return write_file(request_.lock_path, write_lock(lock));
  }

  std::string now() const { return lock_time(request_.now ? request_.now() : std::time(nullptr)); }

  const LockRequest& request_;
  DownloadCache cache_;
  std::map<std::string, Work> works_;
};

std::string describe(const LockResult& file) {
  std::string out = fmt::format("{:<11} {}: ", name(file.status), fmt::join(file.product_ids, ", "));
  const std::string url = shown_url(file.url);
  if (file.reason.find(url) == std::string::npos) out += url;
  if (file.reason.find(url) == std::string::npos && !file.reason.empty()) out += ": ";
  out += file.reason;
  if (file.status == Status::kLocked && file.entry) {
    const std::string signer = file.entry->signer.empty() ? "" : ", signed by " + file.entry->signer;
    out += fmt::format(" ({} bytes{})", file.entry->size, signer);
  }
  if (!file.note.empty()) out += " (note: " + file.note + ")";
  return out + "\n";
}

nlohmann::ordered_json to_json(const LockResult& file) {
  nlohmann::ordered_json out{
      {"url", shown_url(file.url)}, {"products", file.product_ids}, {"status", name(file.status)}};
  if (!file.reason.empty()) out["reason"] = file.reason;
  if (!file.note.empty()) out["note"] = file.note;
  if (!file.entry) return out;
  out["size"] = file.entry->size;
  out["sha1"] = file.entry->sha1;
  out["sha256"] = file.entry->sha256;
  if (!file.entry->signer.empty()) out["signer"] = file.entry->signer;
  out["seen"] = file.entry->seen;
  return out;
}

}  // namespace

std::string_view name(LockResult::Status status) {
  switch (status) {
    case Status::kLocked:
      return "locked";
    case Status::kUnchanged:
      return "unchanged";
    case Status::kChanged:
      return "changed";
    case Status::kFailed:
      return "failed";
    case Status::kInterrupted:
      return "interrupted";
  }
  return "";
}

std::size_t LockReport::count(LockResult::Status status) const {
  return static_cast<std::size_t>(
      std::count_if(files.begin(), files.end(), [&](const LockResult& file) { return file.status == status; }));
}

ExitCode LockReport::exit_code() const {
  if (count(Status::kInterrupted) != 0) return ExitCode::kInterrupted;
  for (const ExitCode code : {ExitCode::kVerification, ExitCode::kIo, ExitCode::kFindings}) {
    if (std::any_of(files.begin(), files.end(), [&](const LockResult& file) { return file.code == code; })) return code;
  }
  return ExitCode::kOk;
}

std::string default_cache_folder() {
  const auto folder = [](const char* variable, std::string_view below) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value == '/' ? (std::filesystem::path(value) / below).string() : std::string();
  };
  const std::string cache = folder("XDG_CACHE_HOME", "zoo");
  return cache.empty() ? folder("HOME", ".cache/zoo") : cache;
}

Result<LockReport> run_lock(const LockRequest& request) {
  if (request.cache_folder.empty() && default_cache_folder().empty()) {
    return fail(ExitCode::kIo, "there is no cache folder: neither XDG_CACHE_HOME nor HOME is set");
  }
  return Locker(request).run();
}

std::string lock_report_text(const LockReport& report, bool verbose) {
  std::string out;
  for (const LockResult& file : report.files) {
    if (verbose || file.status != Status::kUnchanged || !file.note.empty()) out += describe(file);
  }
  for (const std::string& url : report.pruned) out += fmt::format("{:<11} {}\n", "dropped", shown_url(url));
  out += fmt::format("{} files", report.files.size());
  for (const Status status :
       {Status::kLocked, Status::kUnchanged, Status::kChanged, Status::kFailed, Status::kInterrupted}) {
    if (const std::size_t count = report.count(status); count != 0) out += fmt::format(", {} {}", count, name(status));
  }
  if (!report.pruned.empty()) out += fmt::format(", {} dropped", report.pruned.size());
  return out + "\n";
}

std::string lock_report_json(const LockReport& report) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const LockResult& file : report.files) files.push_back(to_json(file));
  const nlohmann::ordered_json out{{"files", files}, {"pruned", report.pruned}, {"written", report.written}};
  // Reasons may hold what a server sent: what is no UTF-8 is replaced instead of failing.
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace zoo::catalog
