// SPDX-License-Identifier: Apache-2.0
#include "packager/cli/open.h"

namespace zoo::packager {

Result<std::unique_ptr<OpenedPackage>> open(const std::string& path) {
  auto out = std::make_unique<OpenedPackage>();
  auto package = package::open_package(path, out->sources, out->diagnostics);
  if (!package) return tl::unexpected(package.error());
  out->package = std::move(*package);
  return out;
}

}  // namespace zoo::packager
