// SPDX-License-Identifier: Apache-2.0
#include "packager/package/disk_cache.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "feedgen/base/files.h"
#include "feedgen/base/hash.h"

namespace zoo::package {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxValue = 4ULL << 30U;
constexpr std::size_t kHashDigits = 64;  // of SHA-256, in front of the value

std::string sha256_of(std::string_view bytes) {
  Hasher hasher;
  hasher.update(bytes.data(), bytes.size());
  return hasher.finish().sha256;
}

}  // namespace

std::string DiskCache::path_of(std::string_view key) const {
  return (fs::path(folder_) / sha256_of(key)).string();
}

std::optional<std::string> DiskCache::get(std::string_view key) const {
  const std::string path = path_of(key);
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  Result<std::string> bytes = read_file(path, kMaxValue);
  if (!bytes || bytes->size() < kHashDigits) return std::nullopt;
  if (sha256_of(std::string_view(*bytes).substr(kHashDigits)) != bytes->substr(0, kHashDigits)) return std::nullopt;
  fs::last_write_time(path, fs::file_time_type::clock::now(), error);  // for prune(); that it fails does no harm
  return bytes->substr(kHashDigits);
}

Result<void> DiskCache::put(std::string_view key, std::string_view value) const {
  return write_file(path_of(key), sha256_of(value) + std::string(value));
}

void DiskCache::prune(std::size_t count) const {
  std::error_code error;
  std::vector<std::pair<fs::file_time_type, fs::path>> all;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    all.emplace_back(at->last_write_time(ignored), at->path());
  }
  if (all.size() <= count) return;
  std::sort(all.begin(), all.end());
  for (std::size_t i = 0; i + count < all.size(); ++i) fs::remove(all[i].second, error);
}

}  // namespace zoo::package
