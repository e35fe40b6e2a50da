// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "packager/package/package.h"

/// Where entries of parameters.xml apply: what Web Deploy does silently (web-deploy section 5).
namespace zoo::package {

/// Contents of the files that entries look into, read once. Not thread-safe.
class ContentCache {
 public:
  explicit ContentCache(const Package& package) : package_(package) {}
  /// Null when the file cannot be unpacked or is larger than kMaxText.
  const std::string* text(const ZipEntry& entry);

 private:
  const Package& package_;
  std::map<const ZipEntry*, std::optional<std::string>> texts_;
};

struct EntryTargets {
  std::vector<const Provider*> providers;   ///< ProviderPath: those whose path it replaces.
  std::vector<const StagedFile*> in_scope;  ///< TextFile, XmlFile: files that its scope takes.
  std::vector<const StagedFile*> files;     ///< Those of them in which its match is found.
  std::vector<const StagedFile*> not_xml;   ///< XmlFile: those that are no XML.
  bool empty() const { return providers.empty() && files.empty(); }
};

/// What an entry applies to; nothing for kinds that need a server, and for broken expressions.
EntryTargets targets_of(const Package& package, const ParameterEntry& entry, ContentCache& contents);

/// The names under which a provider is seen by scopes: an iisApp is also the createApp, contentPath and dirPath that it
/// is made of.
std::vector<std::string_view> scope_names(const Provider& provider);

}  // namespace zoo::package
