// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "feedgen/catalog/product.h"
#include "feedgen/catalog/rules/graph.h"

namespace zoo::catalog {

struct RuleContext;

/// What rules look up, made once for a check so that each rule stays linear. Views into the context's catalogs.
class Lookup {
 public:
  explicit Lookup(const RuleContext& context);
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  /// True when a feed loaded before this one defines the product.
  bool is_beside(std::string_view product_id) const;
  bool has_product(std::string_view product_id) const;
  /// Here or in a feed loaded before; without case.
  bool has_language(std::string_view id) const;
  bool has_keyword(std::string_view id) const;
  bool is_keyword_beside(std::string_view id) const { return keywords_beside_.count(id) != 0; }
  bool is_tab_beside(std::string_view id) const { return tabs_beside_.count(id) != 0; }
  const DiscoveryHint* hint(std::string_view id) const;
  const OsList* os_list(std::string_view id) const;
  const Os* os(std::string_view id) const;
  const rules::Graph& graph() const { return graph_; }

  /// The conditions of an installer's osList with its references resolved; nothing when any OS does or the list that it
  /// names is missing (which has its own rule).
  const OsList* os_list_of(const Installer& installer) const;
  /// The condition itself or what it refers to; null when that is missing.
  const Os* resolved(const Os& os) const;

 private:
  const ProductIndex& index_;
  std::vector<std::unique_ptr<ProductIndex>> beside_;
  std::unordered_set<std::string> languages_;  ///< folded
  std::unordered_set<std::string_view> keywords_, keywords_beside_, tabs_beside_;
  std::unordered_map<std::string_view, const DiscoveryHint*> hints_;
  std::unordered_map<std::string_view, const OsList*> os_lists_;
  std::unordered_map<std::string_view, const Os*> oses_;
  rules::Graph graph_;
};

}  // namespace zoo::catalog
