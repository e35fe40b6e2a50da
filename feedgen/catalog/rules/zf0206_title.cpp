// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0206 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (product.title.present()) return;
  report(product.pos, fmt::format("product {} has no title", quoted(product.id.text)), product.id.text);
}

}  // namespace zf0206

const Rule kZf0206 = {
    .info = {"ZF0206", Severity::kError, Effect::kHides, "a product has a title",
             "add <title>: the client and panels fail on the whole list of products when they read it",
             "webpi-feed 2 [C], webpi-client"},
    .product = zf0206::check_product};

}  // namespace zoo::catalog::rules
