// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0302 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (product.further_dependencies == 0) return;
  report(product.dependency.id.pos,
         fmt::format("product {} has {} more dependency elements than the one that is read", quoted(product.id.text),
                     product.further_dependencies),
         product.id.text);
}

}  // namespace zf0302

const Rule kZf0302 = {
    .info = {"ZF0302", Severity::kWarning, Effect::kIgnored, "an entry has one dependency element",
             "join them in one: <dependency><and>...</and></dependency>; the client reads the first only",
             "webpi-feed 2 [C]"},
    .product = zf0302::check_product};

}  // namespace zoo::catalog::rules
