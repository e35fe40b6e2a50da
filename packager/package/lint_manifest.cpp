// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "feedgen/catalog/product.h"
#include "feedgen/catalog/values.h"
#include "packager/package/lint_parts.h"
#include "packager/package/matching.h"
#include "packager/package/names.h"
#include "packager/package/rules.h"
#include "packager/package/sql_script.h"

namespace zoo::package {
namespace {

using catalog::same_id;

/// System.Security.AccessControl.FileSystemRights
constexpr std::array<std::string_view, 23> kRights = {"AppendData",
                                                      "ChangePermissions",
                                                      "CreateDirectories",
                                                      "CreateFiles",
                                                      "Delete",
                                                      "DeleteSubdirectoriesAndFiles",
                                                      "ExecuteFile",
                                                      "FullControl",
                                                      "ListDirectory",
                                                      "Modify",
                                                      "Read",
                                                      "ReadAndExecute",
                                                      "ReadAttributes",
                                                      "ReadData",
                                                      "ReadExtendedAttributes",
                                                      "ReadPermissions",
                                                      "Synchronize",
                                                      "TakeOwnership",
                                                      "Traverse",
                                                      "Write",
                                                      "WriteAttributes",
                                                      "WriteData",
                                                      "WriteExtendedAttributes"};

bool writes(std::string_view rights) {
  for (const std::string_view right : tags_of(rights)) {
    for (const std::string_view writing :
         {"Modify", "Write", "FullControl", "WriteData", "CreateFiles", "AppendData"}) {
      if (same_id(right, writing)) return true;
    }
  }
  return false;
}

std::string normal(std::string_view path) {
  std::string out = folded_name(path);
  std::replace(out.begin(), out.end(), '\\', '/');
  while (!out.empty() && out.back() == '/') out.pop_back();
  return out;
}

class ManifestLint {
 public:
  ManifestLint(const Package& package, Diagnostics& diagnostics) : package_(package), diagnostics_(diagnostics) {}

  void run() {
    for (const Provider& p : package_.manifest.providers) provider(p);
    if (package_.flavour == Flavour::kGallery && app_ == nullptr) {
      add("ZP0306", "there is no iisApp", package_.manifest.pos);
    }
    if (package_.flavour == Flavour::kArchive) archive_form();
    unused();
  }

 private:
  void add(std::string_view id, std::string message, SourcePos pos) {
    report(diagnostics_, id, std::move(message), pos);
  }

  void provider(const Provider& p) {
    const ProviderInfo* info = find_provider(p.name);
    if (info == nullptr) return add("ZP0301", fmt::format("<{}> is no provider", p.name), p.pos);
    if (!p.has_path && !p.is("alias")) add("ZP0302", fmt::format("<{}> has no path", p.name), p.pos);
    settings(p, *info);
    if (package_.flavour == Flavour::kGallery) gallery(p, *info);
    if (p.is("iisApp") && app_ == nullptr) app_ = &p;
    if (p.is("setAcl")) acl(p);
    if (p.is("setAcl") && acl_ == nullptr) acl_ = &p;
    if (info->database) database(p);
  }

  void database(const Provider& p) {
    if (package_.flavour == Flavour::kGallery && (app_ == nullptr || acl_ != nullptr)) {
      add("ZP0318",
          fmt::format("{} {} stands {}", p.name, p.path, app_ == nullptr ? "before the iisApp" : "behind a setAcl"),
          p.pos);
    }
    for (const StagedFile& f : package_.staged) {
      if (f.provider != &p || f.entry->is_folder()) continue;
      const auto script = package_.archive->read(*f.entry, kMaxText);
      if (!script) continue;  // ZP0114 has told it, or it is larger than what is looked into
      if (const auto problem = script_problem(*script)) {
        add("ZP0316", fmt::format("{}:{}", to_utf8(f.entry->name), *problem), p.path_pos);
      }
    }
  }

  void settings(const Provider& p, const ProviderInfo& info) {
    if (info.settings == "*" || package_.flavour == Flavour::kArchive) return;
    for (const Setting& s : p.settings) {
      if (catalog::contains_folded(info.settings, " " + s.name + " ")) continue;
      add("ZP0303", fmt::format("{} has no setting {}", info.name, s.name), s.pos);
    }
  }

  void gallery(const Provider& p, const ProviderInfo& info) {
    if (!info.gallery) add("ZP0315", fmt::format("{} is not for galleries", info.name), p.pos);
    const std::string_view named = p.is("alias") ? p.setting("from") : std::string_view(p.path);
    if (p.is("iisApp") && normal(p.path) == ".") add("ZP0308", "iisApp installs the whole package", p.path_pos);
    if ((!info.content && !p.is("alias")) || named.empty()) return;
    const std::string folder = folder_in_package(named, Flavour::kGallery);
    const bool lost = named.substr(0, 2) == "./" || named.substr(0, 2) == ".\\";
    if (lost || (package_.find(folder) == nullptr && !package_.has_folder(folder))) {
      add("ZP0305", fmt::format("{} is not in the package", named), p.path_pos);
    }
  }

  void acl(const Provider& p) {
    for (const std::string_view right : tags_of(p.setting("setAclAccess"))) {
      const bool known = std::any_of(kRights.begin(), kRights.end(), [&](auto r) { return same_id(r, right); });
      if (!known) add("ZP0304", fmt::format("{} is no file right", right), p.pos);
    }
    if (package_.flavour != Flavour::kGallery) return;
    if (app_ == nullptr) {
      add("ZP0307", fmt::format("the setAcl on {} stands before the iisApp", p.path), p.pos);
      return;
    }
    const std::string app = normal(app_->path), path = normal(p.path);
    if (path == app) {
      if (writes(p.setting("setAclAccess"))) {
        add("ZP0309", fmt::format("the whole application gets {}", p.setting("setAclAccess")), p.pos);
      }
      return;
    }
    const std::string folder = folder_in_package(p.path, Flavour::kGallery);
    if (!package_.has_folder(folder) && package_.find(folder) == nullptr) {
      add("ZP0311", fmt::format("{} is not in the package", p.path), p.path_pos);
    }
  }

  void archive_form() {
    for (const std::string_view resolver : {"createApp", "dirPath", "filePath"}) {
      const auto& all = package_.manifest.resolvers;
      if (std::find(all.begin(), all.end(), resolver) != all.end()) continue;
      add("ZP0313", fmt::format("the resolver of {} is missing", resolver), package_.manifest.pos);
      break;
    }
    for (const Provider& p : package_.manifest.providers) {
      if (!p.has_path || p.is("dirPath") || p.is("filePath")) continue;
      if (p.key_attribute != "path") {
        add("ZP0312", fmt::format("<{}> has no MSDeploy.MSDeployKeyAttributeName", p.name), p.pos);
      }
      linked(p);
    }
  }

  void linked(const Provider& parent) {
    for (const Provider& p : parent.children) {
      const bool needs = p.is("createApp") || p.is("contentPath") || p.is("dirPath");
      if (needs && p.link_name.empty())
        add("ZP0312", fmt::format("<{}> has no MSDeploy.MSDeployLinkName", p.name), p.pos);
      linked(p);
    }
  }

  /// What nobody installs, by its first part.
  void unused() {
    if (package_.flavour != Flavour::kGallery || package_.manifest.providers.empty()) return;
    std::set<const ZipEntry*> used;
    for (const StagedFile& f : package_.staged) used.insert(f.entry);
    std::set<std::string> told;
    for (const ZipEntry& e : package_.archive->entries()) {
      if (e.is_folder() || used.count(&e) != 0) continue;
      const std::string top = to_utf8(e.name.substr(0, e.name.find('/')));
      const bool part =
          same_id(top, "manifest.xml") || same_id(top, "parameters.xml") || same_id(top, "systemInfo.xml");
      if (!part && told.insert(top).second) add("ZP0207", fmt::format("{} is not installed", top), {});
    }
  }

  const Package& package_;
  Diagnostics& diagnostics_;
  const Provider* app_ = nullptr;  ///< The first of each.
  const Provider* acl_ = nullptr;
};

}  // namespace

void lint_manifest(const Package& package, Diagnostics& diagnostics) {
  if (package.flavour != Flavour::kNone) ManifestLint(package, diagnostics).run();
}

void lint(const Package& package, Diagnostics& diagnostics) {
  lint_manifest(package, diagnostics);
  lint_parameters(package, diagnostics);
}

}  // namespace zoo::package
