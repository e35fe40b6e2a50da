// SPDX-License-Identifier: Apache-2.0
#include "packager/package/convert.h"

#include <fmt/format.h>

#include <algorithm>

#include "feedgen/catalog/product.h"

namespace zoo::package {
namespace {

constexpr std::uint64_t kMaxFile = 0x7FFFFFFF;

bool is_part(std::string_view name) {
  return catalog::same_id(name, "manifest.xml") || catalog::same_id(name, "systemInfo.xml");
}

/// Below Content/ lies what providers name as folders; scripts of databases lie at the root under their path.
bool is_content(const Package& package, const ZipEntry& entry) {
  return std::any_of(package.staged.begin(), package.staged.end(), [&](const StagedFile& f) {
    const ProviderInfo* info = find_provider(f.provider->name);
    return f.entry == &entry && info != nullptr && !info->database;
  });
}

}  // namespace

Result<std::vector<ZipItem>> to_archive_flavour(const Package& package) {
  if (package.flavour != Flavour::kGallery) {
    return fail(ExitCode::kUsage, fmt::format("{} is no gallery package", package.path));
  }
  for (const Provider& p : package.manifest.providers) {
    if (p.is("alias")) return fail(ExitCode::kFindings, "an alias has no form in an archive package");
    if (p.is("iisApp") && folder_in_package(p.path, Flavour::kGallery).empty()) {
      return fail(ExitCode::kFindings, "an iisApp of the whole package has no form in an archive package");
    }
  }
  std::vector<ZipItem> items;
  for (const Provider& p : package.manifest.providers) {
    if (p.is("iisApp")) items.push_back(folder_item(folder_in_package(p.path, Flavour::kArchive)));
  }
  for (const ZipEntry& e : package.archive->entries()) {
    if (is_part(e.name) || package.find(e.name) != &e) continue;
    const std::string name = is_content(package, e) ? "Content/" + e.name : e.name;
    if (e.is_folder()) {
      if (name != e.name) items.push_back(folder_item(name));
      continue;
    }
    Result<std::string> content = package.archive->read(e, kMaxFile);
    if (!content) return tl::unexpected(content.error());
    items.push_back(bytes_item(name, std::move(*content)));
  }
  items.push_back(bytes_item("archive.xml", write_archive(package.manifest.providers)));
  items.push_back(bytes_item("systemInfo.xml", "<systemInfo/>\n"));
  return items;
}

}  // namespace zoo::package
