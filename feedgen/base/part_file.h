// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "feedgen/base/hash.h"
#include "feedgen/base/http_fields.h"
#include "feedgen/base/result.h"

namespace zoo {

/// The beginning of a download, kept between runs: `<target>.part` holds the bytes, `<target>.part.txt` the URL and the
/// validator that they came with. Hashes are kept up to date with every byte. Movable; locked against other processes.
class PartFile {
 public:
  PartFile() = default;
  ~PartFile();
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&& other) noexcept;

  /// Makes missing folders. Bytes of an earlier run are read (for the hashes) when they belong to `url`, else dropped.
  static Result<PartFile> open(std::string target, const std::string& url);

  bool is_open() const { return fd_ >= 0; }
  std::uint64_t size() const { return size_; }
  const Validator& validator() const { return validator_; }
  /// The value for If-Range (RFC 9110, 13.1.5); "" when the bytes cannot be continued.
  const std::string& if_range() const { return if_range_; }
  /// Begins again from nothing. `if_range` is what may continue the new bytes, or "".
  Result<void> restart(Validator validator, std::string if_range);
  Result<void> append(const char* data, std::size_t size);
  /// Ends hashing; only commit(), discard() or restart() may follow.
  FileHashes finish_hashes() { return hasher_.finish(); }
  /// Syncs and renames to the target, which is replaced.
  Result<void> commit();
  /// Removes what was kept.
  void discard();

 private:
  std::string part_path() const { return target_ + ".part"; }
  std::string note_path() const { return target_ + ".part.txt"; }
  Result<void> open_locked();
  Result<void> adopt_kept_bytes();
  bool read_note();
  Result<void> write_note() const;
  void close_keeping();

  std::string target_;
  std::string url_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  Validator validator_;
  std::string if_range_;
  Hasher hasher_;
};

}  // namespace zoo
