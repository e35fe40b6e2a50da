// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0904 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (product.is_application()) return;
  for (const Field& keyword : product.keywords) {
    if (keyword.text == "ZooTemplate")
      report(keyword.pos, fmt::format("{} has the keyword ZooTemplate but is no application", quoted(product.id.text)),
             product.id.text);
  }
}

}  // namespace zf0904

const Rule kZf0904 = {
    .info = {"ZF0904", Severity::kWarning, Effect::kHides, "a template is an application",
             "give it msDeploy, or the keyword ZooPackage instead of ZooTemplate", "hosting-panel 15"},
    .product = zf0904::check_product};

}  // namespace zoo::catalog::rules
