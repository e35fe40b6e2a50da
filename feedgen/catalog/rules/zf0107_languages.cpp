// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0107 {

void check_feed(const RuleContext& context, const Report& report) {
  if (context.catalog.languages_pos.known() || !context.beside.empty() || !context.closed) return;
  report(context.catalog.info.pos, "the feed has no languages element");
}

}  // namespace zf0107

const Rule kZf0107 = {.info = {"ZF0107", Severity::kError, Effect::kRejects, "a primary feed declares its languages",
                               "add <languages> with one <language default=\"true\">; a custom feed may leave that to "
                               "the feed loaded before it",
                               "webpi-feed 1 [C]"},
                      .feed = zf0107::check_feed};

}  // namespace zoo::catalog::rules
