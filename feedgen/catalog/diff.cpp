// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "feedgen/catalog/hint_text.h"
#include "feedgen/catalog/install_text.h"
#include "feedgen/catalog/tree_text.h"

namespace zoo::catalog {
namespace {

using Action = ChangeAction;
using Level = ChangeSeverity;

/// Structural hashes of dependency trees through references, so that trees too long to write out compare as well.
class TreeHash {
 public:
  explicit TreeHash(const Catalog& catalog) {
    for (const auto& shared : catalog.dependencies) shared_.emplace(shared.id.text, &shared.value);
  }

  std::uint64_t operator()(const Dependency& tree, unsigned depth = 0) {
    if (depth > kMaxDepth) return 0;
    if (tree.kind == Dependency::Kind::kReference) return of_reference(tree, depth);
    if (tree.kind == Dependency::Kind::kProduct) return mixed(1, text_hash(folded(tree.id.text)));
    if (tree.children.size() == 1) return (*this)(tree.children.front(), depth + 1);
    std::uint64_t hash = static_cast<std::uint64_t>(tree.kind) + 2;
    for (const Dependency& child : tree.children) hash = mixed(hash, (*this)(child, depth + 1));
    return hash;
  }

 private:
  static constexpr unsigned kMaxDepth = 1000;

  std::uint64_t of_reference(const Dependency& tree, unsigned depth) {
    const auto found = shared_.find(tree.id.text);
    if (found == shared_.end()) return mixed(7, text_hash(std::string(tree.id.text)));
    const auto [known, added] = hashes_.emplace(found->second, 0);
    if (!added) return known->second;
    const std::uint64_t hash = (*this)(*found->second, depth + 1);
    hashes_[found->second] = hash;
    return hash;
  }
  static std::uint64_t mixed(std::uint64_t seed, std::uint64_t value) {
    value = (value ^ (seed + 0x9E3779B97F4A7C15ULL + (value << 6U))) * 0xBF58476D1CE4E5B9ULL;
    return value ^ (value >> 29U);
  }
  static std::uint64_t text_hash(const std::string& text) {
    std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return hash;
  }

  std::unordered_map<std::string_view, const Dependency*> shared_;
  std::unordered_map<const Dependency*, std::uint64_t> hashes_;
};

/// One of the two catalogs with what helps to read it.
struct Side {
  explicit Side(const Catalog& c) : catalog(c), index(c), tree_text(c), tree_hash(c), hint_text(c), install_text(c) {}
  const Catalog& catalog;
  ProductIndex index;
  TreeText tree_text;
  TreeHash tree_hash;
  HintText hint_text;
  InstallText install_text;
};

class Differ {
 public:
  Differ(const Catalog& before, const Catalog& after) : old_(before), new_(after) {}

  FeedDiff run() {
    compare_feed();
    for (const Product& product : new_.catalog.products) {
      if (new_.index.find(product.id.text) != &product) continue;  // a double id; the client reads one or rejects
      product_ = product.id.text;
      const Product* const before = old_.index.find(product.id.text);
      if (before == nullptr) {
        add(Level::kUpdate, "product", {}, described(product), Action::kAdded);
      } else {
        compare_product(*before, product);
      }
    }
    for (const Product& product : old_.catalog.products) {
      if (new_.index.find(product.id.text) != nullptr || old_.index.find(product.id.text) != &product) continue;
      product_ = product.id.text;
      add(Level::kBreaking, "product", described(product), {}, Action::kRemoved);
    }
    return std::move(diff_);
  }

 private:
  static std::string described(const Product& product) {
    const std::string_view title = trimmed(product.title.text);
    const std::string_view version = trimmed(product.version.text);
    return fmt::format("{}{}{}", title, title.empty() || version.empty() ? "" : " ", version);
  }

  /// One of both is empty for what was added or removed.
  void add(Level level, std::string subject, std::string before, std::string after, Action action = Action::kChanged) {
    if (action == Action::kChanged && before.empty()) action = Action::kAdded;
    if (action == Action::kChanged && after.empty()) action = Action::kRemoved;
    diff_.changes.push_back(
        {action, level, std::string(product_), std::move(subject), std::move(before), std::move(after)});
  }

  void compare_text(Level level, std::string subject, std::string_view before, std::string_view after) {
    before = trimmed(before);
    after = trimmed(after);
    if (before != after) add(level, std::move(subject), std::string(before), std::string(after));
  }

  /// Flags: the element is there or not.
  void compare_flag(std::string subject, const Field& before, const Field& after) {
    if (before.present() == after.present()) return;
    add(Level::kUpdate, std::move(subject), before.present() ? "yes" : "", after.present() ? "yes" : "");
  }

  void compare_feed() {
    product_ = {};
    const FeedInfo& before = old_.catalog.info;
    const FeedInfo& after = new_.catalog.info;
    compare_text(Level::kBreaking, "feed id", before.id.text, after.id.text);
    compare_text(Level::kCosmetic, "feed title", before.title.text, after.title.text);
    compare_named(old_.catalog.languages, new_.catalog.languages, "language", Level::kBreaking,
                  [](const Language& language) {
                    return fmt::format("{}{}", trimmed(language.name.text), language.is_default ? " (default)" : "");
                  });
    compare_named(old_.catalog.keywords, new_.catalog.keywords, "keyword", Level::kUpdate,
                  [](const Keyword& keyword) { return std::string(trimmed(keyword.label.text)); });
    compare_named(old_.catalog.tabs, new_.catalog.tabs, "tab", Level::kUpdate,
                  [](const Tab& tab) { return std::string(trimmed(tab.name.text)); });
  }

  /// Lists of the feed whose items have ids: languages, keywords, tabs. `gone` is what a removal means.
  template <typename Item, typename Describe>
  void compare_named(const std::vector<Item>& before, const std::vector<Item>& after, std::string_view what, Level gone,
                     const Describe& describe) {
    std::map<std::string, std::string> old_items;
    for (const Item& item : before) old_items.emplace(folded(trimmed(item.id.text)), describe(item));
    std::set<std::string> kept;
    for (const Item& item : after) {
      const std::string key = folded(trimmed(item.id.text));
      if (!kept.insert(key).second) continue;
      const auto found = old_items.find(key);
      const std::string subject = fmt::format("{} {}", what, trimmed(item.id.text));
      const std::string now = describe(item);
      if (found == old_items.end()) {
        add(Level::kUpdate, subject, {}, now, Action::kAdded);
      } else if (found->second != now) {
        add(Level::kCosmetic, subject, found->second, now);
      }
    }
    for (const auto& [key, text] : old_items)
      if (kept.count(key) == 0) add(gone, fmt::format("{} {}", what, key), text, {}, Action::kRemoved);
  }

  void compare_product(const Product& before, const Product& after) {
    compare_text(Level::kUpdate, "version", before.version.text, after.version.text);
    compare_words(before, after);
    compare_dependencies(before.dependency, after.dependency);
    compare_hints(before, after);
    compare_keywords(before, after);
    compare_flag("hidden from search", before.search_exclude, after.search_exclude);
    compare_flag("external", before.external, after.external);
    compare_flag("excluded from offline caches", before.offline_exclude, after.offline_exclude);
    compare_lists(before, after);
    compare_attributes(before, after);
    compare_installers(before, after);
  }

  void compare_words(const Product& before, const Product& after) {
    compare_text(Level::kCosmetic, "id", before.id.text, after.id.text);
    compare_text(Level::kCosmetic, "title", before.title.text, after.title.text);
    compare_text(Level::kCosmetic, "summary", before.summary.text, after.summary.text);
    compare_text(Level::kCosmetic, "description", before.description.text, after.description.text);
    compare_text(Level::kCosmetic, "author", before.author_name.text, after.author_name.text);
    compare_text(Level::kCosmetic, "author url", before.author_url.text, after.author_url.text);
    compare_text(Level::kCosmetic, "link", before.link.text, after.link.text);
    compare_text(Level::kCosmetic, "icon", icon_of(before), icon_of(after));
    compare_text(Level::kCosmetic, "published", before.published.text, after.published.text);
    compare_text(Level::kCosmetic, "terms", before.terms.text.text, after.terms.text.text);
    compare_text(Level::kCosmetic, "terms link", before.terms.link.text, after.terms.link.text);
  }

  static std::string_view icon_of(const Product& product) {
    return product.icon.filled() ? product.icon.text : product.relative_icon.text;
  }

  void compare_dependencies(const Dependency& before, const Dependency& after) {
    if (!before.present() && !after.present()) return;
    if (before.present() && after.present() && old_.tree_hash(before) == new_.tree_hash(after)) return;
    std::string old_text = old_.tree_text(before);
    std::string new_text = new_.tree_text(after);
    const bool cut = old_text.size() > TreeText::kDefaultLimit;
    if (folded(old_text) == folded(new_text) && !cut) return;
    add(Level::kUpdate, "dependencies", std::move(old_text), std::move(new_text));
  }

  void compare_hints(const Product& before, const Product& after) {
    const auto all = [](const HintText& text, const std::vector<DiscoveryHint>& hints) {
      std::string joined;
      for (const DiscoveryHint& hint : hints) joined += (joined.empty() ? "" : "; ") + text(hint);
      return joined;
    };
    compare_text(Level::kUpdate, "detection", old_.hint_text(before.discovery), new_.hint_text(after.discovery));
    compare_text(Level::kUpdate, "detection of related products", all(old_.hint_text, before.related_discovery),
                 all(new_.hint_text, after.related_discovery));
  }

  static std::set<std::string> id_set(const std::vector<Field>& fields) {
    std::set<std::string> ids;
    for (const Field& field : fields) ids.insert(folded(trimmed(field.text)));
    return ids;
  }

  /// Hosting panels choose products by their keywords (hosting-panel facts), so a lost one hides the product there.
  void compare_keywords(const Product& before, const Product& after) {
    compare_ids("keyword", before.keywords, after.keywords);
  }

  void compare_ids(std::string_view what, const std::vector<Field>& before, const std::vector<Field>& after) {
    const std::set<std::string> old_ids = id_set(before);
    const std::set<std::string> new_ids = id_set(after);
    const auto list = [&](const std::vector<Field>& fields, const std::set<std::string>& others, Action action) {
      std::set<std::string> told;
      for (const Field& field : fields) {
        std::string id(trimmed(field.text));
        if (others.count(folded(id)) != 0 || !told.insert(folded(id)).second) continue;
        const bool added = action == Action::kAdded;
        add(Level::kUpdate, std::string(what), added ? "" : id, added ? id : "", action);
      }
    };
    list(after, old_ids, Action::kAdded);
    list(before, new_ids, Action::kRemoved);
  }

  void compare_lists(const Product& before, const Product& after) {
    compare_ids("related product", before.related_products, after.related_products);
    compare_ids("updated by", before.updates, after.updates);
    compare_ids("incompatible process", before.incompatible_processes, after.incompatible_processes);
    const auto products = [](const Product& product) {
      std::vector<Field> ids;
      for (const Incompatibility& other : product.incompatible) ids.push_back(other.product);
      return ids;
    };
    compare_ids("incompatible product", products(before), products(after));
  }

  void compare_attributes(const Product& before, const Product& after) {
    const auto values = [](const Product& product) {
      std::map<std::string_view, std::string_view> map;
      for (const Attribute& attribute : product.attributes) map[attribute.name.text] = trimmed(attribute.value.text);
      return map;  // the last one wins, as in the client
    };
    const auto old_values = values(before);
    const auto new_values = values(after);
    for (const auto& [key, value] : new_values) {
      const auto found = old_values.find(key);
      if (found == old_values.end() || found->second != value)
        add(Level::kCosmetic, fmt::format("attribute {}", key),
            std::string(found == old_values.end() ? std::string_view() : found->second), std::string(value),
            found == old_values.end() ? Action::kAdded : Action::kChanged);
    }
    for (const auto& [key, value] : old_values)
      if (new_values.count(key) == 0)
        add(Level::kCosmetic, fmt::format("attribute {}", key), std::string(value), {}, Action::kRemoved);
  }

  using ById = std::unordered_map<std::string_view, const Installer*>;
  static ById by_id(const Product& product) {
    ById map;
    for (const Installer& installer : product.installers) map.emplace(trimmed(installer.id.text), &installer);
    return map;
  }

  void compare_installers(const Product& before, const Product& after) {
    const ById old_installers = by_id(before);
    const ById new_installers = by_id(after);
    for (const Installer& installer : after.installers) {
      const auto found = old_installers.find(trimmed(installer.id.text));
      if (found == old_installers.end()) {
        add(Level::kUpdate, subject_of(installer), {}, new_.install_text.summary(after, installer), Action::kAdded);
      } else {
        compare_installer({before, *found->second}, {after, installer});
      }
    }
    for (const Installer& installer : before.installers) {
      if (new_installers.count(trimmed(installer.id.text)) != 0) continue;
      const Level level = still_served(installer, after) ? Level::kUpdate : Level::kBreaking;
      add(level, subject_of(installer), old_.install_text.summary(before, installer), {}, Action::kRemoved);
    }
  }

  static std::string subject_of(const Installer& installer) {
    return fmt::format("installer {}", trimmed(installer.id.text));
  }

  /// Does any installer of the newer product serve what this one did: each of its architectures?
  static bool still_served(const Installer& gone, const Product& after) {
    const auto serves = [](const Installer& installer, std::string_view arch) {
      return !installer.architectures.present() || installer.architectures.has(arch);
    };
    const auto anyone = [&](std::string_view arch) {
      return std::any_of(after.installers.begin(), after.installers.end(),
                         [&](const Installer& installer) { return serves(installer, arch); });
    };
    return (!serves(gone, "x86") || anyone("x86")) && (!serves(gone, "x64") || anyone("x64"));
  }

  struct Owned {
    const Product& product;
    const Installer& installer;
  };

  void compare_installer(const Owned& before, const Owned& after) {
    const std::string head = subject_of(after.installer) + " ";
    const InstallerFile& old_file = before.installer.file;
    const InstallerFile& new_file = after.installer.file;
    compare_text(Level::kUpdate, head + "url", url_of(old_file), url_of(new_file));
    compare_text(Level::kUpdate, head + "sha1", folded(old_file.sha1.text), folded(new_file.sha1.text));
    compare_text(Level::kUpdate, head + "size", old_file.size.text, new_file.size.text);
    compare_text(Level::kUpdate, head + "language", folded(before.installer.language.text),
                 folded(after.installer.language.text));
    compare_text(arch_level(before.installer, after), head + "architectures",
                 InstallText::architectures(before.installer), InstallText::architectures(after.installer));
    compare_text(Level::kUpdate, head + "windows", old_.install_text.windows(before.product, before.installer),
                 new_.install_text.windows(after.product, after.installer));
    compare_text(Level::kUpdate, head + "commands", InstallText::commands(before.installer),
                 InstallText::commands(after.installer));
    compare_text(Level::kUpdate, head + "eula", eula_of(before), eula_of(after));
    compare_text(Level::kCosmetic, head + "help", before.installer.help_link.text, after.installer.help_link.text);
  }

  /// Breaking when no installer of the product serves an architecture that this one served.
  static Level arch_level(const Installer& before, const Owned& after) {
    return still_served(before, after.product) ? Level::kUpdate : Level::kBreaking;
  }

  static std::string_view url_of(const InstallerFile& file) {
    if (file.url.filled()) return file.url.text;
    return file.relative_url.filled() ? file.relative_url.text : file.artifact.text;
  }

  static std::string_view eula_of(const Owned& owned) {
    if (owned.installer.eula_url.filled() || !owned.product.has_defaults) return owned.installer.eula_url.text;
    return owned.product.defaults.eula_url.text;
  }

  Side old_, new_;
  std::string_view product_;
  FeedDiff diff_;
};

}  // namespace

std::string_view name(ChangeSeverity severity) {
  constexpr std::array<std::string_view, 3> kNames = {"breaking", "update", "cosmetic"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string_view name(ChangeAction action) {
  constexpr std::array<std::string_view, 3> kNames = {"added", "removed", "changed"};
  return kNames[static_cast<std::size_t>(action)];
}

std::size_t FeedDiff::count(ChangeSeverity severity) const {
  return static_cast<std::size_t>(
      std::count_if(changes.begin(), changes.end(), [&](const Change& change) { return change.severity == severity; }));
}

FeedDiff diff_catalogs(const Catalog& before, const Catalog& after) {
  return Differ(before, after).run();
}

}  // namespace zoo::catalog
