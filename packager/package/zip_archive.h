// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/byte_source.h"
#include "feedgen/base/diagnostic.h"
#include "feedgen/base/result.h"
#include "packager/package/dos_time.h"

namespace zoo::package {

/// One entry as the central directory has it: that is what Web Deploy goes by, local headers are not asked.
struct ZipEntry {
  std::string name;  ///< As it stands there, any bytes.
  std::uint16_t made_by = 0, flags = 0, method = 0;
  DosTime time;
  std::uint32_t crc = 0;
  std::uint64_t compressed = 0, size = 0;
  std::uint32_t attributes = 0;
  std::uint64_t offset = 0;  ///< Of the local header.
  std::uint64_t data = 0;    ///< Of the first byte of content; 0 when the local header cannot be read.
  bool zip64 = false;
  bool is_folder() const { return !name.empty() && name.back() == '/'; }
  bool is_symlink() const;  ///< Made on Unix, with a link's mode.
};

/// What a hostile file may cost.
struct ZipLimits {
  std::size_t entries = 100000;                  ///< Web Deploy documents 65,536.
  std::uint64_t directory_bytes = 64ULL << 20U;  ///< Of the central directory.
  std::uint64_t entry_bytes = 0x7FFFFFFF;        ///< Unpacked.
  std::uint64_t total_bytes = 8ULL << 30U;       ///< Unpacked.
  std::uint64_t ratio = 250;                     ///< Unpacked against the file, beyond free_bytes.
  std::uint64_t free_bytes = 64ULL << 20U;
};

/// A container opened for reading. The directory is read here, strictly; contents are unpacked by libarchive, one entry
/// at a time and never beyond the size that the directory tells. Reading is thread-safe.
class ZipArchive {
 public:
  /// Null after reporting ZP0101 or ZP0121. Other findings of the container (ZP01xx) do not stop it; entries that lie
  /// outside or over each other can then not be read. Bounded by `limits` in time and memory. `source` is kept.
  static std::unique_ptr<ZipArchive> open(std::shared_ptr<const ByteSource> source, const ZipLimits& limits,
                                          Diagnostics& diagnostics);

  const std::vector<ZipEntry>& entries() const { return entries_; }
  std::uint64_t size() const { return source_->size(); }

  using Sink = std::function<bool(std::string_view)>;
  /// Hands the content over in pieces; kVerification when it cannot be unpacked, or has another size or CRC. False from
  /// the sink ends it with kInterrupted.
  Result<void> read(const ZipEntry& entry, const Sink& sink) const;
  /// The content in memory, at most `limit` bytes.
  Result<std::string> read(const ZipEntry& entry, std::uint64_t limit) const;

 private:
  explicit ZipArchive(std::shared_ptr<const ByteSource> source) : source_(std::move(source)) {}
  std::shared_ptr<const ByteSource> source_;
  std::vector<ZipEntry> entries_;
};

}  // namespace zoo::package
