// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0110 {

void check_feed(const RuleContext& context, const Report& report) {
  for (const Tab& tab : context.catalog.tabs) {
    if (!tab.name.present()) report(tab.pos, fmt::format("tab {} has no name", quoted(tab.id.text)));
  }
}

}  // namespace zf0110

const Rule kZf0110 = {.info = {"ZF0110", Severity::kError, Effect::kRejects, "a tab has a name",
                               "add <name> to the tab", "webpi-feed 1 [C]"},
                      .feed = zf0110::check_feed};

}  // namespace zoo::catalog::rules
