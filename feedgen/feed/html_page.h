// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "feedgen/catalog/product.h"
#include "feedgen/feed/html_catalog.h"
#include "feedgen/feed/html_writer.h"

namespace zoo::feed {

/// What the parts of the catalogue page share: the data, who needs whom, the anchors. Keeps references to both
/// arguments.
class HtmlPage {
 public:
  HtmlPage(const catalog::Catalog& catalog, const HtmlOptions& options);

  const catalog::Catalog& catalog() const { return catalog_; }
  const HtmlOptions& options() const { return options_; }
  const catalog::Product& product(std::size_t position) const { return catalog_.products[position]; }

  /// id attribute of a product's article.
  const std::string& anchor(std::size_t position) const { return anchors_[position]; }
  /// Position of the product with this id, or -1.
  std::ptrdiff_t find(std::string_view id) const { return index_.position(id); }
  bool is_missing(std::string_view id) const;
  /// Products whose tree names this one.
  const std::vector<std::size_t>& needed_by(std::size_t position) const { return needed_by_[position]; }
  /// The tree behind a reference; a tree that is none, when the id is unknown.
  const catalog::Dependency& resolved(const catalog::Dependency& dependency) const;
  /// The feed as command lines name it: its address, or a word that stands for it.
  std::string feed_name() const;

 private:
  void collect(const catalog::Dependency& dependency, std::size_t level, std::vector<std::size_t>& found,
               std::size_t& budget) const;
  void link_back();

  const catalog::Catalog& catalog_;
  const HtmlOptions& options_;
  catalog::ProductIndex index_;
  std::vector<std::string> anchors_;
  std::vector<std::vector<std::size_t>> needed_by_;
  std::unordered_set<std::string> missing_;
  std::unordered_map<std::string, const catalog::Dependency*> shared_;
};

/// Bounds for hostile trees.
inline constexpr std::size_t kShownNodes = 400;
inline constexpr std::size_t kShownLevels = 24;

/// A made-up id attribute: characters other than letters, digits, '.', '_' and '-' become "~XX", so that different ids
/// stay different and work in a link without escaping.
std::string anchor_of(std::string_view id);

/// Icon, or a tile with the first letter where there is none.
void write_icon(HtmlWriter& writer, const HtmlPage& page, const catalog::Product& product);
/// Link to a product's article with its title.
void write_product_link(HtmlWriter& writer, const HtmlPage& page, std::size_t position);
/// Link when the address may be linked, else the plain text.
void write_link(HtmlWriter& writer, std::string_view url, std::string_view text);
/// The title, or the id when there is none.
std::string_view title_of(const catalog::Product& product);
/// WebpiCmd's command line that installs a product; "" for an id that cannot stand in one.
std::string install_command(const HtmlPage& page, const catalog::Product& product);

}  // namespace zoo::feed
