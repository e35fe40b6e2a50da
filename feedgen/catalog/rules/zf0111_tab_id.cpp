// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0111 {

void check_feed(const RuleContext& context, const Report& report) {
  for (const Tab& tab : context.catalog.tabs) {
    if (!tab.id.present()) report(tab.pos, fmt::format("tab {} has no id", quoted(tab.name.text)));
  }
}

}  // namespace zf0111

const Rule kZf0111 = {
    .info = {"ZF0111", Severity::kWarning, Effect::kIgnored, "a tab has an id", "add <id> to the tab", "webpi-feed 1"},
    .feed = zf0111::check_feed};

}  // namespace zoo::catalog::rules
