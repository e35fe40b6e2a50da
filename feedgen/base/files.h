// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "feedgen/base/result.h"

namespace zoo {

inline constexpr std::uint64_t kMaxFeedBytes = 512ULL << 20U;    ///< A WebPI feed; 100,000 products take about 240 MB.
inline constexpr std::uint64_t kMaxManifestBytes = 4ULL << 20U;  ///< A manifest, feed definition or lock file.

/// The whole file; an Error names the path when it is missing, no regular file, or larger than `limit` bytes.
Result<std::string> read_file(const std::string& path, std::uint64_t limit);

/// The same into `content`, whose memory is used again. After an Error it holds no whole file.
Result<void> read_file(const std::string& path, std::uint64_t limit, std::string& content);

/// Writes beside the target, syncs, and renames over it; on any failure the target keeps its old content and nothing is
/// left behind. Missing parent folders are made. Does not touch a file that has these bytes already.
Result<void> write_file(const std::string& path, std::string_view content);

}  // namespace zoo
