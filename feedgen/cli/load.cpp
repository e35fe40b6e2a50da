// SPDX-License-Identifier: Apache-2.0
#include "feedgen/cli/load.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "feedgen/base/files.h"
#include "feedgen/catalog/manifest_names.h"
#include "feedgen/catalog/manifest_reader.h"
#include "feedgen/feed/feed_builder.h"
#include "feedgen/feed/webpi_reader.h"

namespace zoo::cli {
namespace {

using namespace catalog;

/// A lock that is not there is an empty one: nothing has been measured yet.
Result<std::optional<LockFile>> load_lock(const std::string& path, SourceSet& sources, Diagnostics& diagnostics) {
  if (!std::filesystem::exists(path)) return std::optional<LockFile>(LockFile{});
  Result<std::string> bytes = read_file(path, kMaxManifestBytes);
  if (!bytes) return tl::unexpected(bytes.error());
  return read_lock(path, std::move(*bytes), sources, diagnostics);
}

}  // namespace

FileKind kind_of(const XmlDocument& document) {
  const XmlNode root = document.root();
  const std::string_view xmlns = root.attribute("xmlns").value();
  if (xmlns == kManifestNamespace) return FileKind::kManifest;
  if (xmlns == kDefinitionNamespace) return FileKind::kDefinition;
  if (xmlns == kLockNamespace) return FileKind::kLock;
  const std::string_view name = root.name();
  const std::string_view local = name.substr(name.find(':') == std::string_view::npos ? 0 : name.find(':') + 1);
  if (local == "feed") return FileKind::kFeed;
  if (name == "product") return FileKind::kManifest;
  if (name == "lock") return FileKind::kLock;
  return FileKind::kUnknown;
}

Result<std::shared_ptr<XmlDocument>> load_xml(const std::string& path, SourceSet& sources, Diagnostics& diagnostics) {
  Result<std::string> bytes = read_file(path, kMaxFeedBytes);
  if (!bytes) return tl::unexpected(bytes.error());
  return XmlDocument::parse(path, std::move(*bytes), sources, diagnostics);
}

Result<std::optional<Catalog>> load_feed(const std::string& path, SourceSet& sources, Diagnostics& diagnostics) {
  Result<std::shared_ptr<XmlDocument>> document = load_xml(path, sources, diagnostics);
  if (!document) return tl::unexpected(document.error());
  if (!*document) return std::optional<Catalog>();
  return feed::read_webpi(*document, diagnostics);
}

Result<std::vector<Catalog>> load_feeds_beside(const std::vector<std::string>& paths, SourceSet& sources) {
  std::vector<Catalog> out;
  for (const std::string& path : paths) {
    Diagnostics ignored;
    Result<std::optional<Catalog>> feed = load_feed(path, sources, ignored);
    if (!feed) return tl::unexpected(feed.error());
    if (!*feed) return fail(ExitCode::kFindings, fmt::format("{} is no WebPI feed", path));
    out.push_back(std::move(**feed));
  }
  return out;
}

Result<std::optional<Workspace>> load_workspace(const std::string& definition_path, SourceSet& sources,
                                                Diagnostics& diagnostics) {
  const Result<std::shared_ptr<XmlDocument>> document = load_xml(definition_path, sources, diagnostics);
  if (!document) return tl::unexpected(document.error());
  if (!*document) return std::optional<Workspace>();
  std::optional<FeedDefinition> definition = read_definition(*document, diagnostics);
  if (!definition) return std::optional<Workspace>();
  Workspace out;
  out.manifests_folder = manifests_folder(*definition, definition_path);
  out.lock_path = (std::filesystem::path(out.manifests_folder) / kLockFileName).string();
  Result<Catalog> manifests = read_manifests(out.manifests_folder, sources, diagnostics);
  if (!manifests) return tl::unexpected(manifests.error());
  Result<std::optional<LockFile>> lock = load_lock(out.lock_path, sources, diagnostics);
  if (!lock) return tl::unexpected(lock.error());
  check_definition(*definition, *manifests, diagnostics);
  if (diagnostics.has_errors() || !*lock) return std::optional<Workspace>();
  out.definition = std::move(*definition);
  out.manifests = std::move(*manifests);
  out.lock = std::move(**lock);
  return std::optional<Workspace>(std::move(out));
}

Result<std::optional<Catalog>> load_catalog(const std::string& path, const std::string& dist, SourceSet& sources,
                                            Diagnostics& diagnostics) {
  Result<std::shared_ptr<XmlDocument>> document = load_xml(path, sources, diagnostics);
  if (!document) return tl::unexpected(document.error());
  if (!*document) return std::optional<Catalog>();
  if (kind_of(**document) != FileKind::kDefinition) return feed::read_webpi(*document, diagnostics);
  Result<std::optional<Workspace>> workspace = load_workspace(path, sources, diagnostics);
  if (!workspace) return tl::unexpected(workspace.error());
  if (!*workspace) return std::optional<Catalog>();
  feed::BuildOptions options;
  options.dist = dist;
  feed::FeedBuild build =
      feed::build_feed((*workspace)->definition, (*workspace)->manifests, (*workspace)->lock, options, diagnostics);
  return std::optional<Catalog>(std::move(build.catalog));
}

}  // namespace zoo::cli
