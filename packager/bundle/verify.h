// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/xml.h"
#include "packager/package/package.h"

namespace zoo::bundle {

struct VerifyOptions {
  /// Ids of the products in a feed; reports what is wrong with it. Injected, since feeds are another layer.
  std::function<std::vector<std::string>(const std::shared_ptr<XmlDocument>&, Diagnostics&)> feed_products;
};

/// Checks what lies under zoo/ (ZP05xx): hashes, closure of the manifests, the module with its signatures, the offline
/// feed. Nothing for a package without that folder: it is not one of ours.
void verify_bundle(const package::Package& package, const VerifyOptions& options, SourceSet& sources,
                   Diagnostics& diagnostics);

}  // namespace zoo::bundle
