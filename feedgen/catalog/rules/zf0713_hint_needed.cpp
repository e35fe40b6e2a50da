// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0713 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (product.installers.empty() || product.is_application() || product.external.present() ||
      product.discovery.present() || product.discovery.pos.known())
    return;
  report(product.pos, fmt::format("product {} has no discoveryHint", quoted(product.id.text)), product.id.text);
}

}  // namespace zf0713

const Rule kZf0713 = {
    .info = {"ZF0713", Severity::kWarning, Effect::kFails, "a product that the client installs has a discoveryHint",
             "add a hint that becomes true by the installation: without one the product is never counted as installed",
             "webpi-feed 2 and 5 [C]"},
    .product = zf0713::check_product};

}  // namespace zoo::catalog::rules
