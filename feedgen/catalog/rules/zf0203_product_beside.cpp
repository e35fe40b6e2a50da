// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0203 {

void check_product(const RuleContext& context, const Product& product, const Report& report) {
  if (!context.lookup->is_beside(product.id.text)) return;
  report(product.id.pos, fmt::format("productId {} is in a feed loaded before", quoted(product.id.text)),
         product.id.text);
}

}  // namespace zf0203

const Rule kZf0203 = {
    .info = {"ZF0203", Severity::kError, Effect::kRejects, "a productId is in no feed loaded before",
             "rename the product or load the feed instead of the other one", "webpi-feed 2 [C], PTVS#3888"},
    .product = zf0203::check_product};

}  // namespace zoo::catalog::rules
