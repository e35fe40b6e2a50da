// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0105 {

void check_feed(const RuleContext& context, const Report& report) {
  if (context.catalog.products.empty()) report(context.catalog.info.pos, "the feed has no entry");
}

}  // namespace zf0105

const Rule kZf0105 = {
    .info = {"ZF0105", Severity::kError, Effect::kRejects, "a feed has at least one entry",
             "the client says \"XML file contained no products\" and drops the feed", "webpi-feed 1 [C]"},
    .feed = zf0105::check_feed};

}  // namespace zoo::catalog::rules
