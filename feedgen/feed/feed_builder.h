// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/catalog/feed_definition.h"
#include "feedgen/catalog/lock_file.h"
#include "feedgen/catalog/product.h"

/// From manifests, a feed definition and the lock to the catalogue that the feed, the page and the graph are written
/// from.
namespace zoo::feed {

struct BuildOptions {
  std::string dist;      ///< Folder where built files (artifacts) lie; they are named relative to it.
  std::string base_url;  ///< Replaces the definition's; ends with a slash; empty: names relative to the feed.
  std::string updated;   ///< ISO date and time of the feed, or empty.
  bool locked = false;   ///< Every download needs a lock entry.
};

/// A product or an installer of it that is not in the feed, and why.
struct LeftOut {
  std::string product_id;
  std::string installer_id;  ///< Empty: the whole product.
  std::string reason;        ///< "dist/packages/X.zip is missing"
  SourcePos pos;
};

/// What a feed cannot tell of a file: its exact size, and where it lies when it was built here.
struct MeasuredFile {
  std::uint64_t size = 0;  ///< Bytes.
  std::string artifact;    ///< Relative to BuildOptions::dist; "" for a download.
};

struct FeedBuild {
  catalog::Catalog catalog;  ///< Files keep their SHA-256, which the feed has no place for.
  /// By the address or relative path that the catalogue has.
  std::map<std::string, MeasuredFile, std::less<>> measured;
  std::vector<LeftOut> left_out;   ///< In the order of the selection.
  std::vector<std::string> icons;  ///< Icon files below the manifests' folder that the products use; sorted, each once.
};

/// Selects, resolves and converts. Left-out installers are reported as warnings (ZB0101 missing built file, ZB0102 no
/// way to check the download, ZB0103 needs a product that is left out), or as errors when `locked` asks for lock
/// entries (ZB0104). Products named by what is left are added behind the selected ones.
FeedBuild build_feed(const catalog::FeedDefinition& definition, const catalog::Catalog& manifests,
                     const catalog::LockFile& lock, const BuildOptions& options, Diagnostics& diagnostics);

}  // namespace zoo::feed
