// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/lookup.h"

#include <algorithm>

#include "feedgen/catalog/rules/rule.h"

namespace zoo::catalog {
namespace {

template <typename T>
void fill(std::unordered_map<std::string_view, const T*>& map, const std::vector<Shared<T>>& shared) {
  for (const Shared<T>& item : shared) map.emplace(item.id.text, &item.value);
}

template <typename T>
const T* find(const std::unordered_map<std::string_view, const T*>& map, std::string_view id) {
  const auto found = map.find(id);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

Lookup::Lookup(const RuleContext& context) : index_(context.index), graph_(context.catalog, context.index) {
  for (const Language& language : context.catalog.languages) languages_.insert(folded(trimmed(language.id.text)));
  for (const Keyword& keyword : context.catalog.keywords) keywords_.insert(keyword.id.text);
  fill(hints_, context.catalog.discovery_hints);
  fill(os_lists_, context.catalog.os_lists);
  fill(oses_, context.catalog.oses);
  for (const Catalog* feed : context.beside) {
    beside_.push_back(std::make_unique<ProductIndex>(*feed));
    for (const Language& language : feed->languages) languages_.insert(folded(trimmed(language.id.text)));
    for (const Keyword& keyword : feed->keywords) keywords_beside_.insert(keyword.id.text);
    for (const Tab& tab : feed->tabs) tabs_beside_.insert(tab.id.text);
  }
}

bool Lookup::is_beside(std::string_view product_id) const {
  return std::any_of(beside_.begin(), beside_.end(),
                     [&](const auto& feed) { return feed->find(product_id) != nullptr; });
}

bool Lookup::has_product(std::string_view product_id) const {
  return index_.position(product_id) >= 0 || is_beside(product_id);
}

bool Lookup::has_language(std::string_view id) const {
  return languages_.count(folded(trimmed(id))) != 0;
}

bool Lookup::has_keyword(std::string_view id) const {
  return keywords_.count(id) != 0 || keywords_beside_.count(id) != 0;
}

const DiscoveryHint* Lookup::hint(std::string_view id) const {
  return find(hints_, id);
}
const OsList* Lookup::os_list(std::string_view id) const {
  return find(os_lists_, id);
}
const Os* Lookup::os(std::string_view id) const {
  return find(oses_, id);
}

const OsList* Lookup::os_list_of(const Installer& installer) const {
  if (!installer.os.present()) return nullptr;
  return installer.os.reference.present() ? os_list(installer.os.reference.text) : &installer.os;
}

const Os* Lookup::resolved(const Os& condition) const {
  return condition.reference.present() ? os(condition.reference.text) : &condition;
}

}  // namespace zoo::catalog
