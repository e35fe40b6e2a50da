// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ctime>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/exit_code.h"
#include "feedgen/base/fetch.h"
#include "feedgen/base/result.h"
#include "feedgen/catalog/lock_file.h"

/// Measures the files that manifests name and keeps what was measured in the lock.
namespace zoo::catalog {

/// One file as a manifest names it. Several products may name the same URL: what they know of it must agree.
struct LockTarget {
  std::string url;
  std::string product_id;
  std::optional<std::uint64_t> size;  ///< Bytes, as the maker published; so the digests (hexadecimal in any case).
  std::string sha1;
  std::string sha256;
  bool signature = false;  ///< An Authenticode signature is wanted.
  std::string signer;      ///< Common name that its signer must have; "" for any. Implies `signature`.
};

struct LockRequest {
  std::vector<LockTarget> targets;
  LockFile lock;          ///< As it was read from `lock_path`.
  std::string lock_path;  ///< Replaced once, at the end, also after an interruption with what was completed till then.
  bool check = false;     ///< Only compare with the lock; nothing is written but the cache.
  bool prune = true;      ///< Drop entries that neither `targets` nor `used_urls` name.
  std::set<std::string> used_urls;  ///< Of products that are not measured now, so that their entries stay.
  std::string cache_folder;         ///< "": default_cache_folder().
  FetchOptions fetch;
  std::function<std::time_t()> now;  ///< For LockEntry::seen; default: the clock.
};

/// What came of one file.
struct LockResult {
  enum class Status {
    kLocked,     ///< Measured for the first time.
    kUnchanged,  ///< Confirmed: the same bytes as locked.
    kChanged,    ///< Other bytes than locked; recorded, or with `check` only reported.
    kFailed,     ///< Not confirmed; nothing was recorded.
    kInterrupted
  };
  std::string url;
  std::vector<std::string> product_ids;  ///< Sorted.
  Status status = Status::kInterrupted;
  ExitCode code = ExitCode::kOk;   ///< For kFailed: kIo or kVerification; for kChanged: kFindings or kVerification.
  std::string reason;              ///< For kFailed, kChanged: what was seen.
  std::string note;                ///< Something the user should know though nothing failed, or "".
  std::optional<LockEntry> entry;  ///< What the lock holds for it after the run.
};

struct LockReport {
  std::vector<LockResult> files;    ///< By URL.
  std::vector<std::string> pruned;  ///< URLs whose entries were dropped.
  bool written = false;             ///< The lock's text changed.
  std::size_t count(LockResult::Status status) const;
  /// The gravest: interrupted, verification, I/O, findings (content changed under its URL), ok.
  ExitCode exit_code() const;
};

std::string_view name(LockResult::Status status);  ///< "locked", "unchanged", "changed", "failed", "interrupted"

/// $XDG_CACHE_HOME/zoo, else ~/.cache/zoo (XDG base directory specification); "" when neither is known.
std::string default_cache_folder();

/// Downloads what is not confirmed by a conditional request, in parallel, and compares. Every failure is in the report;
/// an Error is only returned when nothing can be done (no cache folder) or the lock cannot be written. Downloads stay
/// in the cache folder under the hash of their URL, so that an interrupted run continues.
Result<LockReport> run_lock(const LockRequest& request);

/// One line for each file that is not unchanged (all with `verbose`), then a summary line.
std::string lock_report_text(const LockReport& report, bool verbose);
/// {"files":[{url,products,status,reason,note,size,sha1,sha256,signer,seen}],"pruned":[...],"written":bool}
std::string lock_report_json(const LockReport& report);

}  // namespace zoo::catalog
