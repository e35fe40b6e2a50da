// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "feedgen/base/console.h"
#include "packager/package/package.h"

namespace zoo::packager {

/// A package that a command looks at, with everything that was found so far.
struct OpenedPackage {
  SourceSet sources;
  Diagnostics diagnostics;
  std::unique_ptr<package::Package> package;  ///< Null when it cannot be looked at: the diagnostics say why.
};

Result<std::unique_ptr<OpenedPackage>> open(const std::string& path);

}  // namespace zoo::packager
