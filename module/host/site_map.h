// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zoo::module {

/// A URL folder and where it lies on disk.
struct SiteFolder {
  std::string virtual_path;   ///< "" for the root, "/blog"
  std::string physical_path;  ///< Absolute, without '/' at its end.
  bool application = false;   ///< An application begins here; otherwise it is a virtual directory.
  /// Of its application pool (enable32BitAppOnWin64); nothing: there is no pool, and handlers of either bitness will
  /// do.
  std::optional<bool> pool_32bit = std::nullopt;
};

/// One site: the root application, further applications and virtual directories.
struct SiteMap {
  std::string name = "Default Web Site";
  std::int64_t id = 1;
  std::vector<SiteFolder> folders;  ///< The root is among them.

  /// The folder with the longest virtual path that `url_path` lies in (case ignored); null if there is no root.
  const SiteFolder* find(std::string_view url_path) const;
  /// The same among applications only.
  const SiteFolder* find_application(std::string_view url_path) const;
  std::string physical_path(std::string_view url_path) const;
};

/// Whether `url_path` is `folder` or below it ("" is the root); case is ignored.
bool lies_in(std::string_view url_path, std::string_view folder);

}  // namespace zoo::module
