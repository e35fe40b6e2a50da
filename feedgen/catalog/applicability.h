// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "feedgen/catalog/machine.h"
#include "feedgen/catalog/product.h"

namespace zoo::catalog {

/// Decides which installers the client keeps on a machine (webpi-feed section 4): architecture, OS, language. Keeps
/// references to `catalog` and `machine`, which must outlive it unchanged. Safe to use from several threads.
class Applicability {
 public:
  Applicability(const Catalog& catalog, const Machine& machine);

  /// The installer that the client runs: of those that fit architecture and OS the first in the wanted language, else
  /// in the feed's default language, else the first language-neutral one. Null when there is none, and for a product
  /// that is `external`, which the client never installs.
  const Installer* pick(const Product& product) const;

  /// Why pick() gives nothing, one sentence for each installer ("installer 2: needs Windows 6.2 or later"), or one for
  /// the product. At most kMaxReasons and a last one that counts the rest.
  std::vector<std::string> reasons(const Product& product) const;
  static constexpr std::size_t kMaxReasons = 8;

 private:
  bool architecture_fits(const Installer& installer) const;
  bool os_fits(const Product& product, const Installer& installer) const;
  bool condition_fits(const Os& os) const;
  const Os* resolved(const Os& os) const;
  const OsList* list_of(const Product& product, const Installer& installer) const;
  std::string reason(const Product& product, const Installer& installer) const;
  std::string os_reason(const Product& product, const Installer& installer) const;
  std::string os_text(const Os& os) const;

  const Catalog& catalog_;
  const Machine& machine_;
  std::string_view default_language_;
  std::unordered_map<std::string_view, const Os*> oses_;
  std::unordered_map<std::string_view, const OsList*> os_lists_;
};

}  // namespace zoo::catalog
