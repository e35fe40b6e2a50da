// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>
#include <unordered_set>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0112 {

void check_feed(const RuleContext& context, const Report& report) {
  std::unordered_set<std::string_view> seen;
  for (const Tab& tab : context.catalog.tabs) {
    if (!tab.id.present()) continue;
    if (!seen.insert(tab.id.text).second) {
      report(tab.id.pos, fmt::format("two tabs have the id {}", quoted(tab.id.text)));
    } else if (context.lookup->is_tab_beside(tab.id.text)) {
      report(tab.id.pos, fmt::format("a feed loaded before has a tab with the id {}", quoted(tab.id.text)));
    }
  }
}

}  // namespace zf0112

const Rule kZf0112 = {.info = {"ZF0112", Severity::kError, Effect::kRejects,
                               "a tab's id is unique, in this feed and those loaded before it",
                               "rename one of the tabs", "webpi-client, adding a feed"},
                      .feed = zf0112::check_feed};

}  // namespace zoo::catalog::rules
