// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0114 {

void check_feed(const RuleContext& context, const Report& report) {
  for (const FeedLink& link : context.catalog.info.links) {
    if (link.rel.text != "enclosure" || !starts_with_folded(trimmed(link.href.text), "file:")) continue;
    report(link.href.pos,
           fmt::format("the client drops a custom feed whose enclosure {} is missing", quoted(link.href.text)));
  }
}

}  // namespace zf0114

const Rule kZf0114 = {
    .info = {"ZF0114", Severity::kNote, Effect::kRejects,
             "an enclosure on a file: address must exist wherever a custom feed is loaded",
             "use an http address: when that is out of reach, the feed loads without it", "webpi-feed 1 [C]"},
    .feed = zf0114::check_feed};

}  // namespace zoo::catalog::rules
