// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/result.h"

namespace zoo::deploy {

/// A folder that is written to and nothing beside it: every step goes through descriptors of folders that are not
/// symbolic links, so that neither names nor links that somebody puts there lead outside. Not thread-safe.
class TargetFolder {
 public:
  /// Makes the folder when it is missing. `path` itself may be a link.
  static Result<TargetFolder> open(const std::string& path);
  ~TargetFolder();
  TargetFolder(TargetFolder&&) noexcept;
  TargetFolder& operator=(TargetFolder&&) noexcept;

  /// Names are relative with forward slashes, without "." and ".." parts (else kVerification). A link or file that
  /// stands where a folder is needed is replaced by the folder.
  Result<void> make_folder(std::string_view name);
  enum class Change { kAdded, kUpdated, kUnchanged };
  /// Writes aside and renames: the file is the old or the new one at any time. `seconds`: its time.
  Result<Change> put(std::string_view name, std::string_view content, std::int64_t seconds);
  /// Every file and folder below, sorted; folders end with a slash. Links are listed as files and not followed.
  Result<std::vector<std::string>> list() const;
  /// Removes a file, or a folder that is empty.
  Result<void> remove(std::string_view name);

 private:
  explicit TargetFolder(int fd, std::string path);
  Result<int> folder_of(const std::vector<std::string_view>& parts);
  Result<int> step_into(int at, std::string_view part, bool make);
  int fd_ = -1;
  std::string path_;
};

}  // namespace zoo::deploy
