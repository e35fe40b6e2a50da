// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/xml.h"

/// manifest.xml and archive.xml (web-deploy sections 3 and 4): what is installed, in order. A faithful mirror; the
/// rules judge it.
namespace zoo::package {

enum class Flavour { kNone, kGallery, kArchive };
std::string_view name(Flavour flavour);  ///< "none", "gallery", "archive"

struct Setting {
  std::string name, value;
  SourcePos pos;
};

/// One element: a provider with its path.
struct Provider {
  std::string name;  ///< As written; compared without case.
  std::string path;
  bool has_path = false;
  SourcePos pos, path_pos;
  std::vector<Setting> settings;   ///< All other attributes but those of the archive's own (MSDeploy.*).
  std::string key_attribute;       ///< archive: MSDeploy.MSDeployKeyAttributeName
  std::string link_name;           ///< archive: MSDeploy.MSDeployLinkName
  std::string stream;              ///< archive: MSDeploy.MSDeployStreamRelativeFilePath
  std::vector<Provider> children;  ///< archive
  bool is(std::string_view provider) const;
  /// Of a setting by its name without case; "" when absent.
  std::string_view setting(std::string_view name) const;
};

struct Manifest {
  Flavour flavour = Flavour::kNone;
  std::string root;
  SourcePos pos;
  std::vector<Provider> providers;
  std::vector<std::string> resolvers;  ///< archive: which of createApp, dirPath, filePath are named
};

Manifest read_manifest(const XmlDocument& document, Flavour flavour);
/// manifest.xml; the root is MSDeploy.iisApp.
std::string write_manifest(const std::vector<Provider>& providers);
/// archive.xml from providers of the gallery flavour: the smallest form that the real tool installs with parameters.
std::string write_archive(const std::vector<Provider>& providers);

/// What is known of a provider.
struct ProviderInfo {
  std::string_view name;
  std::string_view settings;  ///< Names with a blank before and behind each.
  bool content = false;       ///< Its path names files in the package.
  bool database = false;
  bool gallery = false;  ///< Of the set that galleries take.
};
std::span<const ProviderInfo> all_providers();
const ProviderInfo* find_provider(std::string_view name);

/// Where a path of a manifest lies in the package: "app" for "app\" or "./"-free forms, "" for ".";
/// archive: "Content/C_C/x" for "C:\x".
std::string folder_in_package(std::string_view path, Flavour flavour);

}  // namespace zoo::package
