// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/result.h"
#include "feedgen/base/xml.h"
#include "feedgen/catalog/lock_file.h"
#include "feedgen/catalog/product.h"

/// What commands load, and the parts of feedgen/feed that packager/bundle is given.
namespace zoo::packager {

struct Manifests {
  catalog::Catalog catalog;
  catalog::LockFile lock;
};
/// All manifests of a folder with their lock; nothing after diagnostics with errors.
Result<std::optional<Manifests>> load_manifests(const std::string& folder, SourceSet& sources,
                                                Diagnostics& diagnostics);

/// SOURCE_DATE_EPOCH (reproducible-builds.org), or the default.
Result<std::int64_t> source_date_epoch();

/// A feed of exactly these products, to be used beside the files that are built here. Products that cannot be offered
/// (no file, no way to check it) are left out as in feedgen build.
Result<std::string> offline_feed(const Manifests& manifests, const std::string& dist, const std::string& name,
                                 const std::vector<std::string>& ids);

/// Ids of the products in a WebPI feed; rules are run over it.
std::vector<std::string> feed_products(const std::shared_ptr<XmlDocument>& document, Diagnostics& diagnostics);

}  // namespace zoo::packager
