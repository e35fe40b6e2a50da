// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0905 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (!product.is_application()) return;
  for (const Field& keyword : product.keywords) {
    if (keyword.text == "ZooPackage")
      report(keyword.pos, fmt::format("application {} has the keyword ZooPackage", quoted(product.id.text)),
             product.id.text);
  }
}

}  // namespace zf0905

const Rule kZf0905 = {.info = {"ZF0905", Severity::kWarning, Effect::kHides, "a hosting package is no application",
                               "drop msDeploy, or use the keyword ZooTemplate", "hosting-panel 15"},
                      .product = zf0905::check_product};

}  // namespace zoo::catalog::rules
