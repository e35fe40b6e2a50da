// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0901 {

void check_feed(const RuleContext& context, const Report& report) {
  const Product* user = nullptr;
  for (const Product& product : context.catalog.products) {
    if (user == nullptr && std::any_of(product.keywords.begin(), product.keywords.end(),
                                       [](const Field& k) { return starts_with_folded(k.text, "Zoo"); }))
      user = &product;
  }
  if (user == nullptr || context.lookup->has_product("HeliconZooModule")) return;
  report(user->pos,
         fmt::format("{} has keywords of Zoo, but the product HeliconZooModule is missing", quoted(user->id.text)),
         user->id.text);
}

}  // namespace zf0901

const Rule kZf0901 = {
    .info = {"ZF0901", Severity::kWarning, Effect::kFails,
             "a feed with hosting packages of Zoo has the product HeliconZooModule",
             "panels fail with a NullReferenceException when no feed defines it", "hosting-panel 14, FuseCP#18"},
    .feed = zf0901::check_feed};

}  // namespace zoo::catalog::rules
