// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0207 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (may_be_date(product.published.text)) return;
  report(product.published.pos, fmt::format("{} is no date", quoted(product.published.text)), product.id.text);
}

}  // namespace zf0207

const Rule kZf0207 = {.info = {"ZF0207", Severity::kError, Effect::kRejects, "published is a date",
                               "write UTC as ISO 8601: 2016-03-06T17:40:00Z", "webpi-feed 0 [C]"},
                      .product = zf0207::check_product};

}  // namespace zoo::catalog::rules
