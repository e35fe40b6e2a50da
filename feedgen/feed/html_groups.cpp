// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/html_groups.h"

#include <algorithm>
#include <array>

namespace zoo::feed {
namespace {

using catalog::Product;
using catalog::same_id;

enum Chapter : std::size_t { kApplications, kRuntimes, kFrameworks, kDatabases, kHosting, kServer, kOther, kChapters };

/// In the order of the page.
std::vector<HtmlGroup> chapters() {
  return {
      {"applications",
       "Applications",
       "Applications",
       "Ready-made projects to start from. Each one brings its language, its framework and the module.",
       {}},
      {"runtimes",
       "Language runtimes",
       "Runtimes",
       "Python, Ruby and Perl, installed for all users of the machine.",
       {}},
      {"frameworks",
       "Frameworks and drivers",
       "Frameworks, drivers",
       "Web frameworks and database drivers, each for the language version that its name ends with.",
       {}},
      {"databases", "Databases", "Databases", "Servers and client libraries that the drivers above talk to.", {}},
      {"hosting",
       "Module and hosting packages",
       "Module, hosting",
       "The IIS module that runs the applications, and the packages by which a hosting panel offers a language.",
       {}},
      {"server",
       "Server and Windows components",
       "Server, Windows",
       "Parts of IIS and Windows, and what Microsoft ships separately. They are added where something needs them.",
       {}},
      {"other", "Other products", "Other products", "Everything else in this feed.", {}},
  };
}

bool has_keyword(const Product& product, std::string_view keyword) {
  return std::any_of(product.keywords.begin(), product.keywords.end(),
                     [&](const catalog::Field& field) { return same_id(field.text, keyword); });
}

std::string_view family(const Product& product) {
  for (const catalog::Attribute& attribute : product.attributes) {
    if (same_id(attribute.name.text, "productFamily") || same_id(attribute.name.text, "family"))
      return attribute.value.text;
  }
  return {};
}

struct Name {
  std::string_view text;
  Chapter chapter;
};
/// Families and keywords that name a chapter.
constexpr std::array<Name, 19> kNames = {{{"Runtimes", kRuntimes},
                                          {"Runtime", kRuntimes},
                                          {"Languages", kRuntimes},
                                          {"Frameworks", kFrameworks},
                                          {"Framework", kFrameworks},
                                          {"Drivers", kFrameworks},
                                          {"Driver", kFrameworks},
                                          {"Databases", kDatabases},
                                          {"Database", kDatabases},
                                          {"Zoo", kHosting},
                                          {"Hosting", kHosting},
                                          {"Hosting packages", kHosting},
                                          {"Modules", kHosting},
                                          {"Module", kHosting},
                                          {"Server", kServer},
                                          {"Servers", kServer},
                                          {"Web server", kServer},
                                          {"Windows", kServer},
                                          {"Components", kServer}}};

/// A database driver of one language stands with the frameworks of that language.
bool is_for_language(const Product& product) {
  constexpr std::array<std::string_view, 3> kLanguages = {"Python", "Ruby", "Perl"};
  return std::any_of(kLanguages.begin(), kLanguages.end(), [&](auto name) { return has_keyword(product, name); });
}

Chapter chapter_of(const Product& product) {
  if (product.is_application()) return kApplications;
  if (same_id(product.id.text, "HeliconZooModule") || has_keyword(product, "ZooPackage")) return kHosting;
  if (is_windows_feature(product)) return kServer;
  for (const Name& name : kNames) {
    if (!same_id(family(product), name.text)) continue;
    return name.chapter == kDatabases && is_for_language(product) ? kFrameworks : name.chapter;
  }
  for (const Name& name : kNames) {
    if (has_keyword(product, name.text)) return name.chapter;
  }
  return kOther;
}

}  // namespace

bool is_windows_feature(const Product& product) {
  return !product.installers.empty() && std::all_of(product.installers.begin(), product.installers.end(),
                                                    [](const catalog::Installer& i) { return i.iis.present(); });
}

std::vector<HtmlGroup> html_groups(const catalog::Catalog& catalog) {
  std::vector<HtmlGroup> groups = chapters();
  for (std::size_t i = 0; i < catalog.products.size(); ++i) {
    groups.at(chapter_of(catalog.products[i])).members.push_back(i);
  }
  for (HtmlGroup& group : groups) {
    std::stable_partition(group.members.begin(), group.members.end(),
                          [&](std::size_t i) { return !is_windows_feature(catalog.products[i]); });
  }
  groups.erase(std::remove_if(groups.begin(), groups.end(), [](const HtmlGroup& g) { return g.members.empty(); }),
               groups.end());
  return groups;
}

}  // namespace zoo::feed
