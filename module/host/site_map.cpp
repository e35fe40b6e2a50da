// SPDX-License-Identifier: Apache-2.0
#include "module/host/site_map.h"

#include "module/core/header_field.h"

namespace zoo::module {

bool lies_in(std::string_view url_path, std::string_view folder) {
  return starts_with_ignoring_case(url_path, folder) &&
         (url_path.size() == folder.size() || url_path[folder.size()] == '/');
}

const SiteFolder* SiteMap::find(std::string_view url_path) const {
  const SiteFolder* best = nullptr;
  for (const SiteFolder& folder : folders) {
    if (!lies_in(url_path, folder.virtual_path)) continue;
    if (best == nullptr || folder.virtual_path.size() > best->virtual_path.size()) best = &folder;
  }
  return best;
}

const SiteFolder* SiteMap::find_application(std::string_view url_path) const {
  const SiteFolder* best = nullptr;
  for (const SiteFolder& folder : folders) {
    if (!folder.application || !lies_in(url_path, folder.virtual_path)) continue;
    if (best == nullptr || folder.virtual_path.size() > best->virtual_path.size()) best = &folder;
  }
  return best;
}

std::string SiteMap::physical_path(std::string_view url_path) const {
  const SiteFolder* folder = find(url_path);
  if (folder == nullptr) return {};
  return folder->physical_path + std::string(url_path.substr(folder->virtual_path.size()));
}

}  // namespace zoo::module
