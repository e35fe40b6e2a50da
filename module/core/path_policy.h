// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace zoo::module {

/// How paths that were written for Windows are understood where the worker runs. Both policies are pure and always
/// there; a host passes the one of its system.
class PathPolicy {
 public:
  PathPolicy() = default;
  PathPolicy(const PathPolicy&) = delete;
  PathPolicy& operator=(const PathPolicy&) = delete;
  virtual ~PathPolicy() = default;

  /// A single path.
  virtual std::string path(std::string_view value) const = 0;
  /// The value of the variable `name`: lists of folders and paths are adapted, all else is left alone. `written` is the
  /// value before expansion.
  virtual std::string variable(std::string_view name, std::string_view written, std::string_view value) const = 0;
  /// An engine's arguments after expansion.
  virtual std::string arguments(std::string_view value) const = 0;
  /// A path relative to `base`, or `value` itself if it is absolute.
  virtual std::string absolute(std::string_view base, std::string_view value) const = 0;
  /// May variables differ in case only ("http_proxy" and "HTTP_PROXY")?
  virtual bool case_sensitive() const = 0;
};

/// Leaves everything as it was written.
const PathPolicy& windows_paths();

/// In variables that hold paths '\' becomes '/'; in lists (PATH, PYTHONPATH, ...) ';' becomes ':' as well and empty
/// elements go, since to POSIX programs they mean the current folder. A variable holds paths if its name is a known
/// one, or if its value was written with %APPL_PHYSICAL_PATH%, %APPL_PHYSICAL_SHORT_PATH% or %SITE_PHYSICAL_PATH%.
const PathPolicy& posix_paths();

}  // namespace zoo::module
