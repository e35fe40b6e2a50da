// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/beside.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace zoo::catalog {
namespace {

/// Renames the shared definitions of one catalog and every reference to them.
class Renamer {
 public:
  Renamer(StringPool& pool, std::size_t number) : pool_(pool), number_(number) {}

  void rename_all(Catalog& catalog) const {
    rename_shared(catalog.dependencies);
    rename_shared(catalog.discovery_hints);
    rename_shared(catalog.os_lists);
    rename_shared(catalog.oses);
    for (Product& product : catalog.products) rename(product);
  }

 private:
  template <typename T>
  void rename_shared(std::vector<Shared<T>>& all) const {
    for (Shared<T>& shared : all) {
      rename(shared.id);
      rename(shared.value);
    }
  }

  void rename(Field& id) const {
    if (id.filled()) id.text = pool_.keep(fmt::format("{} (beside {})", id.text, number_));
  }

  void rename(Dependency& tree) const {
    if (tree.kind == Dependency::Kind::kReference) rename(tree.id);
    for (Dependency& child : tree.children) rename(child);
  }

  void rename(DiscoveryHint& hint) const {
    if (hint.kind == DiscoveryHint::Kind::kReference) rename(hint.subject);
    for (DiscoveryHint& child : hint.children) rename(child);
  }

  void rename(Os& os) const { rename(os.reference); }

  void rename(OsList& list) const {
    rename(list.reference);
    for (Os& os : list.items) rename(os);
  }

  void rename(Product& product) const {
    rename(product.dependency);
    rename(product.discovery);
    for (DiscoveryHint& hint : product.related_discovery) rename(hint);
    for (Installer& installer : product.installers) rename(installer.os);
    rename(product.defaults.os);
  }

  StringPool& pool_;
  std::size_t number_;
};

template <typename T>
void append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

Catalog load_beside(Catalog feed, const std::vector<const Catalog*>& others) {
  std::size_t number = 0;
  for (const Catalog* other : others) {
    Catalog copy = *other;
    Renamer(*feed.pool, ++number).rename_all(copy);
    append(feed.products, copy.products);
    append(feed.languages, copy.languages);
    append(feed.dependencies, copy.dependencies);
    append(feed.discovery_hints, copy.discovery_hints);
    append(feed.os_lists, copy.os_lists);
    append(feed.oses, copy.oses);
    append(feed.owners, copy.owners);
    feed.owners.push_back(copy.pool);
  }
  return feed;
}

}  // namespace zoo::catalog
