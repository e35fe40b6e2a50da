// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0115 {

void check_feed(const RuleContext& context, const Report& report) {
  for (const ResourceFile& file : context.catalog.info.resources) {
    if (file.url.filled() || file.relative_url.filled() || same_id(trimmed(file.culture.text), "en")) continue;
    report(file.culture.pos, fmt::format("the texts of culture {} have no address", quoted(file.culture.text)));
  }
}

}  // namespace zf0115

const Rule kZf0115 = {
    .info = {"ZF0115", Severity::kWarning, Effect::kIgnored, "the resources entry without an address is English",
             "give the translation's url, or write culture \"en\" for the texts in the feed itself",
             "webpi-feed 1 [R]"},
    .feed = zf0115::check_feed};

}  // namespace zoo::catalog::rules
