// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0705 {

/// Calls visit(id) for each reference in a tree.
template <typename Visit>
void each_reference(const DiscoveryHint& hint, const Visit& visit) {
  if (hint.kind == DiscoveryHint::Kind::kReference) visit(hint.subject.text);
  for (const DiscoveryHint& child : hint.children) each_reference(child, visit);
}

void check_feed(const RuleContext& context, const Report& report) {
  const auto& hints = context.catalog.discovery_hints;
  std::unordered_map<std::string_view, std::size_t> position;
  for (std::size_t i = 0; i < hints.size(); ++i) position.emplace(hints[i].id.text, i);
  // Hints are taken away when all that they refer to is gone; what stays refers to itself or to one that does.
  std::vector<std::size_t> pending(hints.size(), 0);
  std::vector<std::vector<std::size_t>> users(hints.size());
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < hints.size(); ++i) {
    each_reference(hints[i].value, [&](std::string_view id) {
      const auto found = position.find(id);
      if (found == position.end()) return;
      ++pending[i];
      users[found->second].push_back(i);
    });
    if (pending[i] == 0) free.push_back(i);
  }
  while (!free.empty()) {
    const std::size_t done = free.back();
    free.pop_back();
    for (const std::size_t user : users[done]) {
      if (--pending[user] == 0) free.push_back(user);
    }
  }
  const auto stuck = std::find_if(pending.begin(), pending.end(), [](std::size_t count) { return count != 0; });
  if (stuck == pending.end()) return;
  const auto& hint = hints[static_cast<std::size_t>(stuck - pending.begin())];
  report(hint.id.pos, fmt::format("the shared discoveryHint {} leads back to itself", quoted(hint.id.text)));
}

}  // namespace zf0705

const Rule kZf0705 = {.info = {"ZF0705", Severity::kError, Effect::kFails, "shared hints do not refer to themselves",
                               "drop the reference", "practice"},
                      .feed = zf0705::check_feed};

}  // namespace zoo::catalog::rules
