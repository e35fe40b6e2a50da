// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "feedgen/catalog/product.h"

namespace zoo::catalog {

/// Parts of installers as exact, comparable text for differences. Keeps a reference to `catalog`.
class InstallText {
 public:
  explicit InstallText(const Catalog& catalog);

  /// "x86 x64"; an absent element is both.
  static std::string architectures(const Installer& installer);
  /// All commands in order, with mappings; or "Windows feature X"; or "Web Deploy /".
  static std::string commands(const Installer& installer);
  /// The conditions of the OS list, the entry's default one included: "6.1 to 10.0 Server or ..."; "any".
  std::string windows(const Product& product, const Installer& installer) const;
  /// For one line: architectures and where the file is from.
  std::string summary(const Product& product, const Installer& installer) const;

 private:
  std::string condition(const Os& os) const;
  std::unordered_map<std::string_view, const Os*> oses_;
  std::unordered_map<std::string_view, const OsList*> os_lists_;
};

}  // namespace zoo::catalog
