// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/interrupt.h"
#include "feedgen/base/progress.h"
#include "feedgen/base/result.h"
#include "packager/package/disk_cache.h"
#include "packager/package/dos_time.h"

/// Writes containers that Web Deploy reads (docs/formats/package.md): stored or deflated, no zip64, UTF-8 names.
namespace zoo::package {

/// One file or folder of a container. The content is either a file on disk, read when it is compressed, or bytes.
struct ZipItem {
  std::string name;  ///< UTF-8, forward slashes; a folder's ends with a slash.
  std::string path;  ///< The file to read; empty: `bytes`.
  std::shared_ptr<const std::string> bytes;
  bool shared = false;  ///< Goes into several containers of one run: worth remembering in a CompressionCache.
  bool is_folder() const { return !name.empty() && name.back() == '/'; }
};

ZipItem folder_item(std::string name);  ///< Adds the slash.
ZipItem bytes_item(std::string name, std::string bytes);
ZipItem file_item(std::string name, std::string path);

/// Compressed content by the hash of what was compressed, so that what several packages hold is compressed once.
/// Thread-safe. Holds everything until it ends; with a `disk` cache, which it keeps a pointer to, the next run finds
/// it.
class CompressionCache {
 public:
  explicit CompressionCache(const DiskCache* disk = nullptr);
  ~CompressionCache();
  CompressionCache(const CompressionCache&) = delete;
  CompressionCache& operator=(const CompressionCache&) = delete;
  std::uint64_t hits() const;

 private:
  friend class Compressor;
  struct State;
  std::unique_ptr<State> state_;
};

/// libdeflate's levels: 6 takes a third of the time that zlib's 6 takes, 12 searches for the smallest form.
enum class Level : int { kDefault = 6, kRelease = 12 };

/// A file of an earlier package: a changed file of the same size must not get its time.
struct EarlierFile {
  std::string name;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
  DosTime time;
};

struct ZipOptions {
  Level level = Level::kDefault;
  unsigned threads = 0;  ///< 0: all cores. The bytes do not depend on it.
  std::int64_t epoch = kDefaultEpoch;
  CompressionCache* cache = nullptr;
  const std::vector<EarlierFile>* earlier = nullptr;
  const Cancellation* cancellation = nullptr;
  Progress::Item* progress = nullptr;  ///< Told of the bytes of content that have been compressed.
  bool all_folders = false;  ///< An entry for each folder, not for empty ones alone: the archive flavour needs it.
};

struct ZipSummary {
  std::size_t files = 0, folders = 0, stored = 0;
  std::uint64_t content_bytes = 0;
  std::uint64_t bytes = 0;  ///< Of the container.
};

/// Names everything that make_zip() depends on, for a cache of packages: names and contents of the items, the options,
/// this program and the compressor. An Error when a file cannot be read.
Result<std::string> zip_key(const std::vector<ZipItem>& items, const ZipOptions& options);

/// Reports every name that Web Deploy or Windows would refuse, lose or take for another (ZP0106 to ZP0111), and
/// everything beyond the limits of the format (ZP0103, ZP0115). True when nothing was wrong.
bool check_items(const std::vector<ZipItem>& items, Diagnostics& diagnostics);

/// The container as bytes: sorted by name, entries for empty folders (or all), times from the contents. The same items,
/// level and epoch give the same bytes, whatever the machine. An Error for a file that cannot be read, for items that
/// check_items() refuses, and when cancelled.
Result<std::string> make_zip(std::vector<ZipItem> items, const ZipOptions& options, ZipSummary* summary = nullptr);

}  // namespace zoo::package
