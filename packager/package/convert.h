// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "feedgen/base/result.h"
#include "packager/package/package.h"
#include "packager/package/zip_writer.h"

namespace zoo::package {

/// The items of an archive package with what a gallery package installs: content below Content/, archive.xml,
/// systemInfo.xml and the same parameters, whose scopes fit, since paths stay relative. What no provider names (zoo/)
/// comes along. kUsage for an archive package, kFindings for providers that have no such form (alias).
Result<std::vector<ZipItem>> to_archive_flavour(const Package& package);

}  // namespace zoo::package
