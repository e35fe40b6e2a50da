// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0121 {

void check_feed(const RuleContext& context, const Report& report) {
  if (context.catalog.languages_pos.known() || !context.beside.empty() || context.closed) return;
  report(context.catalog.info.pos, "the feed declares no languages: it loads beside a primary feed only");
}

}  // namespace zf0121

const Rule kZf0121 = {
    .info = {"ZF0121", Severity::kNote, Effect::kNone, "a feed without languages is a custom feed",
             "add <languages> to use it as primary feed too: Microsoft's own primary feed is switched off",
             "webpi-feed 1 [C], webpi-client"},
    .feed = zf0121::check_feed};

}  // namespace zoo::catalog::rules
