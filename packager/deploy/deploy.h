// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/interrupt.h"
#include "feedgen/base/result.h"
#include "packager/deploy/values.h"
#include "packager/package/package.h"

/// Applies a package to a folder as Web Deploy does to a site: in the order of the manifest, with parameters.
namespace zoo::deploy {

struct DeployOptions {
  std::string folder;           ///< Stands for the site of the first iisApp (or contentPath).
  std::vector<Assignment> set;  ///< Parameters.
  bool do_not_delete = false;   ///< Keep files that the package does not have (-enableRule:DoNotDeleteRule).
  bool dry_run = false;         ///< Judge only: write nothing.
  const Cancellation* cancellation = nullptr;
};

/// One provider of the manifest, as it was or would be applied.
struct Step {
  std::string provider;
  std::string path;         ///< After parameters: "Default Web Site/app".
  std::string destination;  ///< Below the folder; "" for the folder itself and for what is no file.
  bool done = false;        ///< False: it needs IIS, a database or Windows.
  std::string detail;       ///< "Modify for the application pool"
};

struct Report {
  std::vector<Step> steps;
  std::size_t added = 0, updated = 0, unchanged = 0, deleted = 0;
  std::vector<std::string> changed;  ///< Files that parameters changed, as they are named below the folder.
};

/// Nothing after errors in `diagnostics` (ZP07xx, or the package's own): then nothing was written. An Error when the
/// folder cannot be written to, a file cannot be unpacked, or when cancelled: each file is then the old or the new one.
/// Nothing outside of the folder is ever touched.
Result<std::optional<Report>> deploy(const package::Package& package, const DeployOptions& options,
                                     Diagnostics& diagnostics);

}  // namespace zoo::deploy
