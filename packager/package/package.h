// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/result.h"
#include "packager/package/manifest.h"
#include "packager/package/parameters.h"
#include "packager/package/zip_archive.h"

namespace zoo::package {

inline constexpr std::uint64_t kMaxText = 16ULL << 20U;  ///< A text file that parameters or rules look into.

/// A file or folder as a provider installs it.
struct StagedFile {
  const ZipEntry* entry = nullptr;
  const Provider* provider = nullptr;
  std::string source;    ///< As scopes see it: Windows path from the provider's path on, "app\web.config".
  std::string relative;  ///< Below the provider's path, forward slashes; "" for the folder or file itself.
};

/// A package in memory; contents stay in the file. Pointers lead into it. Not movable.
class Package {
 public:
  std::string path;
  std::unique_ptr<ZipArchive> archive;
  Flavour flavour = Flavour::kNone;
  Manifest manifest;
  std::optional<Parameters> parameters;
  std::vector<StagedFile> staged;  ///< In the order of providers and names.

  /// By name without case; the last of equal names, as Web Deploy takes them. Null when there is none.
  const ZipEntry* find(std::string_view name) const;
  /// True when the package has a file in this folder or the folder itself; "" is the root.
  bool has_folder(std::string_view name) const;
  /// Providers of the manifest with those in them, in order.
  std::vector<const Provider*> all_providers() const;

 private:
  friend class PackageOpener;
  std::unordered_map<std::string, const ZipEntry*> by_name_;
  std::unordered_map<std::string, bool> folders_;
};

/// Opens a package of either flavour. Findings of the container, of the flavour (ZP02xx) and of the form of the parts
/// (ZP0401, ZX) go to `diagnostics`; nothing when they leave nothing to look at. An Error when the file cannot be read.
Result<std::unique_ptr<Package>> open_package(const std::string& path, SourceSet& sources, Diagnostics& diagnostics);
/// The same of bytes in memory; `path` is what messages show. Null instead of an Error.
std::unique_ptr<Package> read_package(std::string path, std::shared_ptr<const ByteSource> bytes, SourceSet& sources,
                                      Diagnostics& diagnostics);

/// Checks everything but contents: the manifest (ZP03xx) and the parameters against the staged files (ZP04xx).
void lint(const Package& package, Diagnostics& diagnostics);
/// Unpacks everything and compares sizes and CRCs (ZP0114), on all cores.
void check_contents(const Package& package, Diagnostics& diagnostics);

}  // namespace zoo::package
