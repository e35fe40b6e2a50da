// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0204 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (trimmed(product.id.text).size() == product.id.text.size()) return;
  report(product.id.pos, fmt::format("productId {} has blanks at its ends", quoted(product.id.text)), product.id.text);
}

}  // namespace zf0204

const Rule kZf0204 = {.info = {"ZF0204", Severity::kWarning, Effect::kFails, "a productId has no blanks around it",
                               "drop the blanks: references must repeat them exactly", "webpi-feed 2 [C]"},
                      .product = zf0204::check_product};

}  // namespace zoo::catalog::rules
