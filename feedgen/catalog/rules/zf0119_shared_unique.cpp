// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>
#include <unordered_set>
#include <vector>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0119 {

template <typename T>
void check_list(const std::vector<Shared<T>>& list, std::string_view what, const Report& report) {
  std::unordered_set<std::string_view> seen;
  for (const Shared<T>& item : list) {
    if (item.id.filled() && !seen.insert(item.id.text).second) {
      report(item.id.pos, fmt::format("two shared {} have the id {}", what, quoted(item.id.text)));
    }
  }
}

void check_feed(const RuleContext& context, const Report& report) {
  check_list(context.catalog.oses, "os conditions", report);
  check_list(context.catalog.os_lists, "osLists", report);
  check_list(context.catalog.dependencies, "dependencies", report);
  check_list(context.catalog.discovery_hints, "discoveryHints", report);
}

}  // namespace zf0119

const Rule kZf0119 = {
    .info = {"ZF0119", Severity::kWarning, Effect::kIgnored, "the id of a shared definition is unique",
             "rename one of them; which one the client takes, or whether it takes the feed at all, is not known",
             "practice"},
    .feed = zf0119::check_feed};

}  // namespace zoo::catalog::rules
