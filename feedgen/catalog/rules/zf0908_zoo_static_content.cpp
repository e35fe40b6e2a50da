// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0908 {

void check_feed(const RuleContext& context, const Report& report) {
  if (!context.closed || context.lookup->has_product("StaticContent")) return;
  for (const Product& product : context.catalog.products) {
    if (std::none_of(product.keywords.begin(), product.keywords.end(),
                     [](const Field& k) { return k.text == "ZooTemplate"; }))
      continue;
    report(product.pos,
           fmt::format("panels install the template {} with the product StaticContent, which no feed defines",
                       quoted(product.id.text)),
           product.id.text);
    return;
  }
}

}  // namespace zf0908

const Rule kZf0908 = {
    .info = {"ZF0908", Severity::kWarning, Effect::kFails, "a feed with templates has the product StaticContent",
             "panels add it to force the branch for IIS", "hosting-panel 15"},
    .feed = zf0908::check_feed};

}  // namespace zoo::catalog::rules
