// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/result.h"
#include "packager/package/zip_writer.h"

/// The application's folder: manifests/apps/<id>/.
namespace zoo::bundle {

/// The lines of a .gitignore that the applications use: `name/`, `*.ext`, `/folder/`, `/folder/*`, `!/path`. What the
/// application makes at run time is ignored by them, so they also tell which folders it writes to.
class IgnoreList {
 public:
  explicit IgnoreList(std::string_view text);
  /// `path` is relative, with forward slashes, and has no slash at its end.
  bool ignores(std::string_view path, bool folder) const;
  /// Folders whose content the application makes (`/folder/*`), in the order of the file.
  const std::vector<std::string>& filled() const { return filled_; }

 private:
  bool matches(std::string_view rule, std::string_view path, bool folder) const;
  std::vector<std::string> rules_;
  std::vector<std::string> filled_;
};

struct Content {
  std::vector<package::ZipItem> items;  ///< Names begin with `prefix`.
  std::vector<std::string> writable;    ///< Folders below the application that it writes to, without slash.
};

/// Every file of a folder that its .gitignore does not ignore, sorted. Symbolic links and special files are reported
/// (ZP0113, ZP0605) with their names. An Error when the folder cannot be read.
Result<Content> collect_content(const std::string& folder, const std::string& prefix, Diagnostics& diagnostics);

}  // namespace zoo::bundle
