// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0113 {

void check_feed(const RuleContext& context, const Report& report) {
  for (const FeedLink& link : context.catalog.info.links) {
    if (link.rel.text != "enclosure" || link.relative_href.filled()) continue;
    if (!link.href.filled()) {
      report(link.rel.pos, "an enclosure link names no feed");
    } else if (!may_be_absolute_uri(link.href.text)) {
      report(link.href.pos, fmt::format("the enclosure's address {} is not absolute", quoted(link.href.text)));
    }
  }
}

}  // namespace zf0113

const Rule kZf0113 = {
    .info = {"ZF0113", Severity::kWarning, Effect::kIgnored, "an enclosure link has an absolute href or a relativeHref",
             "write the whole address of the feed to load too", "webpi-feed 1 [I]"},
    .feed = zf0113::check_feed};

}  // namespace zoo::catalog::rules
