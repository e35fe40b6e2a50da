// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0714 {

void check_feed(const RuleContext& context, const Report& report) {
  for (const Shared<DiscoveryHint>& shared : context.catalog.discovery_hints) {
    if (!shared.id.present()) report(shared.id.pos, "a shared discoveryHint has no id");
  }
}

}  // namespace zf0714

const Rule kZf0714 = {.info = {"ZF0714", Severity::kError, Effect::kRejects, "a shared discoveryHint has an id",
                               "add the id by which entries refer to it", "webpi-feed 1 [C]"},
                      .feed = zf0714::check_feed};

}  // namespace zoo::catalog::rules
