// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0902 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (!product.installers.empty()) return;
  for (const Field& keyword : product.keywords) {
    if (keyword.text == "ZooPackage")
      report(product.pos, fmt::format("hosting package {} has no installers", quoted(product.id.text)),
             product.id.text);
  }
}

}  // namespace zf0902

const Rule kZf0902 = {.info = {"ZF0902", Severity::kWarning, Effect::kHides, "a hosting package has an installer",
                               "panels skip products without installers", "hosting-panel 15"},
                      .product = zf0902::check_product};

}  // namespace zoo::catalog::rules
