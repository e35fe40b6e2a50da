// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "feedgen/catalog/product.h"

namespace zoo::catalog {

/// Discovery hints in words: "registry HKEY_...\X value Version >= 1.0 or not file C:\x.exe". References are replaced
/// by what they refer to. Keeps a reference to `catalog`.
class HintText {
 public:
  static constexpr std::size_t kMaxLength = 65536;  ///< Bytes; longer texts are cut and end in "...".
  explicit HintText(const Catalog& catalog);
  std::string operator()(const DiscoveryHint& hint) const;

 private:
  void write(std::string& out, const DiscoveryHint& hint, DiscoveryHint::Kind outer, unsigned depth) const;
  void write_group(std::string& out, const DiscoveryHint& hint, DiscoveryHint::Kind outer, unsigned depth) const;
  void write_reference(std::string& out, const DiscoveryHint& hint, DiscoveryHint::Kind outer, unsigned depth) const;
  std::unordered_map<std::string_view, const DiscoveryHint*> shared_;
};

}  // namespace zoo::catalog
