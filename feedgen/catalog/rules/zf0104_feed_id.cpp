// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0104 {

void check_feed(const RuleContext& context, const Report& report) {
  if (!context.catalog.info.id.present()) report(context.catalog.info.pos, "the feed has no id");
}

}  // namespace zf0104

const Rule kZf0104 = {.info = {"ZF0104", Severity::kError, Effect::kRejects, "a feed has an id",
                               "add <id> with the address of the feed", "webpi-feed 1 [C]"},
                      .feed = zf0104::check_feed};

}  // namespace zoo::catalog::rules
