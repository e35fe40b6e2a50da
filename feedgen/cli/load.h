// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/result.h"
#include "feedgen/base/xml.h"
#include "feedgen/catalog/feed_definition.h"
#include "feedgen/catalog/lock_file.h"
#include "feedgen/catalog/product.h"

/// Loading of the files that commands take.
namespace zoo::cli {

/// What a file is, by its root element.
enum class FileKind { kFeed, kManifest, kDefinition, kLock, kUnknown };

FileKind kind_of(const XmlDocument& document);

/// Reads and parses; an Error when the file cannot be read, a null document after diagnostics when it is no XML.
Result<std::shared_ptr<XmlDocument>> load_xml(const std::string& path, SourceSet& sources, Diagnostics& diagnostics);

/// A WebPI feed; nothing after diagnostics when it is none.
Result<std::optional<catalog::Catalog>> load_feed(const std::string& path, SourceSet& sources,
                                                  Diagnostics& diagnostics);

/// The feeds that the client has loaded before; what is wrong in them is not judged, but each must be a WebPI feed.
Result<std::vector<catalog::Catalog>> load_feeds_beside(const std::vector<std::string>& paths, SourceSet& sources);

/// A feed definition with its manifests and lock, all checked.
struct Workspace {
  catalog::FeedDefinition definition;
  catalog::Catalog manifests;
  catalog::LockFile lock;
  std::string manifests_folder;
  std::string lock_path;
};
/// Nothing after diagnostics with errors.
Result<std::optional<Workspace>> load_workspace(const std::string& definition_path, SourceSet& sources,
                                                Diagnostics& diagnostics);

/// A feed, or a feed definition from which the feed is built in memory (artifacts from `dist`).
Result<std::optional<catalog::Catalog>> load_catalog(const std::string& path, const std::string& dist,
                                                     SourceSet& sources, Diagnostics& diagnostics);

}  // namespace zoo::cli
