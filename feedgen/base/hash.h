// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "feedgen/base/result.h"

namespace zoo {

/// Lower-case hexadecimal digests (SHA-1: 40 digits, SHA-256: 64) and size in bytes of one stream.
struct FileHashes {
  std::string sha1;
  std::string sha256;
  std::uint64_t size = 0;
};

/// SHA-1 and SHA-256 in one pass. Not thread-safe; movable.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void update(const void* data, std::size_t size);
  /// Ends the stream; update() must not follow.
  FileHashes finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Result<FileHashes> hash_file(const std::string& path);

}  // namespace zoo
