// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>
#include <unordered_set>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0909 {

void check_feed(const RuleContext& context, const Report& report) {
  std::unordered_set<std::string_view> seen;
  for (const Product& product : context.catalog.products) {
    for (const Field& keyword : product.keywords) {
      if (!starts_with_folded(keyword.text, "Zoo") || context.lookup->has_keyword(keyword.text) ||
          !seen.insert(keyword.text).second)
        continue;
      report(keyword.pos, fmt::format("the keyword {} is not defined", quoted(keyword.text)), product.id.text);
    }
  }
}

}  // namespace zf0909

const Rule kZf0909 = {
    .info = {"ZF0909", Severity::kWarning, Effect::kHides, "a feed that uses the keywords of Zoo defines them",
             "add them to the feed's keywords: the client drops undefined ones, and panels select by them",
             "webpi-feed 2 [C], hosting-panel 15"},
    .feed = zf0909::check_feed};

}  // namespace zoo::catalog::rules
