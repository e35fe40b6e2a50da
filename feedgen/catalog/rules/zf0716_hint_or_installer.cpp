// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0716 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (!product.installers.empty() || product.external.present() || product.discovery.pos.known() ||
      product.dependency.id.pos.known())
    return;
  report(product.pos, fmt::format("product {} can be neither installed nor detected", quoted(product.id.text)),
         product.id.text);
}

}  // namespace zf0716

const Rule kZf0716 = {.info = {"ZF0716", Severity::kWarning, Effect::kFails,
                               "a product has installers, a discoveryHint, dependencies or is external",
                               "such an entry can be neither installed nor detected", "webpi-feed 2"},
                      .product = zf0716::check_product};

}  // namespace zoo::catalog::rules
