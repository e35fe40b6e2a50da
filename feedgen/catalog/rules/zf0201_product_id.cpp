// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0201 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (!product.id.filled())
    report(product.pos, fmt::format("the entry {} has no productId", quoted(product.title.text)));
}

}  // namespace zf0201

const Rule kZf0201 = {.info = {"ZF0201", Severity::kError, Effect::kRejects, "an entry has a productId",
                               "add <productId>: the key of the product", "webpi-feed 2"},
                      .product = zf0201::check_product};

}  // namespace zoo::catalog::rules
