// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "feedgen/base/result.h"

namespace zoo::package {

/// Values in a folder by everything that they were made from, so that what has been made is not made again. A value
/// carries its own hash: a damaged one is as if it were not there. Thread-safe; several processes may share a folder.
class DiskCache {
 public:
  /// The folder is made when something is put into it.
  explicit DiskCache(std::string folder) : folder_(std::move(folder)) {}

  /// `key` is any text that names all inputs.
  std::optional<std::string> get(std::string_view key) const;
  Result<void> put(std::string_view key, std::string_view value) const;
  /// Keeps the `count` values that were used last. What cannot be removed stays.
  void prune(std::size_t count) const;

 private:
  std::string path_of(std::string_view key) const;
  std::string folder_;
};

}  // namespace zoo::package
