// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/catalog/product.h"

namespace zoo::catalog {

/// What a change does to a user of the feed.
enum class ChangeSeverity : std::uint8_t {
  kBreaking,  ///< What worked may not work any more: others may name what has gone.
  kUpdate,    ///< Something else is installed, offered or detected.
  kCosmetic   ///< Only words, pictures or order.
};
std::string_view name(ChangeSeverity severity);  ///< "breaking", "update", "cosmetic"

enum class ChangeAction : std::uint8_t { kAdded, kRemoved, kChanged };
std::string_view name(ChangeAction action);  ///< "added", "removed", "changed"

struct Change {
  ChangeAction action = ChangeAction::kChanged;
  ChangeSeverity severity = ChangeSeverity::kUpdate;
  std::string product;  ///< Id as the newer feed (or the only one that has it) writes it; empty for the feed itself.
  std::string subject;  ///< What changed: "product", "version", "installer 1 url", "language", ...
  std::string before;   ///< Empty when it was not there.
  std::string after;
};

struct FeedDiff {
  std::vector<Change> changes;  ///< The feed's own first, then by product in the order of the newer feed, removed last.
  bool empty() const { return changes.empty(); }
  std::size_t count(ChangeSeverity severity) const;
};

/// What changes for a user who had `before` and gets `after`. Ids are compared without case, dependency trees by what
/// they mean (brackets, references), lists of keywords as sets; white space around values does not count. Positions and
/// what the client does not read do not count. Linear in both catalogs.
FeedDiff diff_catalogs(const Catalog& before, const Catalog& after);

}  // namespace zoo::catalog
