// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/setup/setup_result.h"

namespace zoo::setup {

/// Held while a folder is worked on; two runs of zoosetup take turns.
class FolderLock {
 public:
  FolderLock() = default;
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  virtual ~FolderLock() = default;
};

/// The few things that zoosetup does with files, so that a test can end it between any two of them. Paths are UTF-8, in
/// the form of the system that zoosetup runs on.
class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  virtual bool exists(const std::string& path) = 0;
  virtual std::vector<std::string> names_in(const std::string& folder) = 0;
  virtual SetupResult<std::string> read(const std::string& path) = 0;
  /// Writes a file that is not there yet, with the access rights of `like` (if that is not empty), down to the disk.
  virtual SetupResult<void> create(const std::string& path, std::string_view bytes, const std::string& like) = 0;
  /// Puts `from` in the place of `to` in one step: at any time `to` is the old file or the new one.
  virtual SetupResult<void> replace(const std::string& from, const std::string& to) = 0;
  virtual SetupResult<void> remove(const std::string& path) = 0;
  virtual SetupResult<void> make_folder(const std::string& path) = 0;
  virtual SetupResult<std::unique_ptr<FolderLock>> lock(const std::string& folder) = 0;
};

/// The system's.
std::unique_ptr<FileSystem> native_files();

/// `folder` and `name` with the system's separator between them.
std::string join(const std::string& folder, std::string_view name);
/// The file of that name in a folder, whatever its case; empty when there is none.
std::string find_file(FileSystem& files, const std::string& folder, std::string_view name);

/// Puts `after` in the place of `before`, or the file on its feet when it is not there (`before` empty). Fails when
/// somebody else has changed the file since it was read.
SetupResult<void> update_file(FileSystem& files, const std::string& path, const std::string& before,
                              const std::string& after);

}  // namespace zoo::setup
