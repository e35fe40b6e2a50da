// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0202 {

void check_product(const RuleContext& context, const Product& product, const Report& report) {
  if (!product.id.filled() || context.index.find(product.id.text) == &product) return;
  report(product.id.pos, fmt::format("productId {} is in the feed already", quoted(product.id.text)), product.id.text);
}

}  // namespace zf0202

const Rule kZf0202 = {
    .info = {"ZF0202", Severity::kError, Effect::kRejects, "a productId is unique in the feed, without regard to case",
             "the client drops the feed: \"An item with the same key has already been added\"", "webpi-feed 2 [C]"},
    .product = zf0202::check_product};

}  // namespace zoo::catalog::rules
