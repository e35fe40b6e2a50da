// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0106 {

void check_feed(const RuleContext& context, const Report& report) {
  const FeedInfo& info = context.catalog.info;
  if (info.schema_version.present()) report(info.schema_version.pos, "the client does not look at webpiFile");
  if (info.version.present()) report(info.version.pos, "the client does not look at the feed's version");
}

}  // namespace zf0106

const Rule kZf0106 = {
    .info = {"ZF0106", Severity::kNote, Effect::kIgnored, "webpiFile and the feed's own version have no effect",
             "the client reads every feed alike, whatever version it declares; it can stay", "webpi-feed 1 and 6 [C]"},
    .feed = zf0106::check_feed};

}  // namespace zoo::catalog::rules
