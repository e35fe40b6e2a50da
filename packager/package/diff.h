// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "packager/package/package.h"

namespace zoo::package {

/// What changes for a server from one package to the next.
struct PackageDiff {
  std::vector<std::string> added, removed, changed;  ///< Names of files, sorted.
  std::vector<std::string> parameters;               ///< "Debug: default \"false\" -> \"true\""
  std::vector<std::string> providers;                ///< "+ setAcl app/media"
  bool empty() const;
};

/// Reports changed files that Web Deploy would not install over the old ones (ZP0801).
PackageDiff diff(const Package& before, const Package& after, Diagnostics& diagnostics);

}  // namespace zoo::package
