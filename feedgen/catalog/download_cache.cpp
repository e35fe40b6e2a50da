// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/download_cache.h"

#include <fmt/core.h>

#include <filesystem>
#include <system_error>

#include "feedgen/base/files.h"

namespace zoo::catalog {
namespace {

constexpr std::string_view kNoteHead = "zoo-download 1\n";
constexpr std::uint64_t kMaxNoteBytes = std::uint64_t{64} << 10U;

std::string value_of(const std::string& note, std::string_view key) {
  const std::string head = fmt::format("\n{} ", key);
  const auto at = note.find(head);
  if (at == std::string::npos) return {};
  const auto begin = at + head.size();
  return note.substr(begin, note.find('\n', begin) - begin);
}

}  // namespace

std::string DownloadCache::path(const std::string& url) const {
  Hasher hasher;
  hasher.update(url.data(), url.size());
  return (std::filesystem::path(folder_) / "downloads" / hasher.finish().sha256).string();
}

std::optional<CachedFile> DownloadCache::find(const std::string& url) const {
  const auto note = read_file(note_path(url), kMaxNoteBytes);
  if (!note || !note->starts_with(kNoteHead)) return std::nullopt;
  auto hashes = hash_file(path(url));
  if (!hashes || hashes->sha256 != value_of(*note, "sha256")) return std::nullopt;
  return CachedFile{path(url), std::move(*hashes), {value_of(*note, "etag"), value_of(*note, "modified")}};
}

Result<void> DownloadCache::note(const std::string& url, const FileHashes& hashes, const Validator& validator) const {
  return write_file(note_path(url), fmt::format("{}url {}\nsha256 {}\netag {}\nmodified {}\n", kNoteHead,
                                                shown_url(url), hashes.sha256, validator.etag, validator.modified));
}

void DownloadCache::remove(const std::string& url) const {
  std::error_code ignored;
  std::filesystem::remove(note_path(url), ignored);
  std::filesystem::remove(path(url), ignored);
}

}  // namespace zoo::catalog
