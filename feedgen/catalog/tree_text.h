// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "feedgen/catalog/product.h"

namespace zoo::catalog {

/// Dependency trees in words: "IIS7 and (Python313 or Python312)". Groups with one member and groups within a group of
/// their own kind lose their brackets, references are replaced by what they refer to. Keeps a reference to `catalog`.
class TreeText {
 public:
  static constexpr std::size_t kDefaultLimit = 65536;
  explicit TreeText(const Catalog& catalog, std::size_t limit = kDefaultLimit);
  /// A text longer than the limit (bytes) is cut and ends in "...". Undefined and cyclic references read "@id".
  std::string operator()(const Dependency& tree) const;

 private:
  struct Writer;
  const Dependency* resolved(const Dependency& tree, std::size_t& hops) const;
  std::size_t limit_;
  std::unordered_map<std::string_view, const Dependency*> shared_;
};

}  // namespace zoo::catalog
