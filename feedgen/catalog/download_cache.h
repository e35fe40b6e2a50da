// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "feedgen/base/hash.h"
#include "feedgen/base/http_fields.h"
#include "feedgen/base/result.h"

namespace zoo::catalog {

/// A download that was kept.
struct CachedFile {
  std::string path;
  FileHashes hashes;
  Validator validator;  ///< That the server sent with it.
};

/// Finished downloads by the hash of their URL: `<folder>/downloads/<SHA-256 of the URL>`, with a note beside each that
/// holds the validator and the SHA-256 of the content. Nothing in it is trusted unread.
class DownloadCache {
 public:
  explicit DownloadCache(std::string folder) : folder_(std::move(folder)) {}
  std::string path(const std::string& url) const;
  /// Nothing when it is not there or its bytes are not the noted ones. Reads the whole file.
  std::optional<CachedFile> find(const std::string& url) const;
  /// Notes what lies at path(url).
  Result<void> note(const std::string& url, const FileHashes& hashes, const Validator& validator) const;
  void remove(const std::string& url) const;

 private:
  std::string note_path(const std::string& url) const { return path(url) + ".txt"; }
  std::string folder_;
};

}  // namespace zoo::catalog
