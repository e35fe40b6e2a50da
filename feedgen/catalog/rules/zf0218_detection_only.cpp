// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0218 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (!product.installers.empty() || product.external.present() || !product.discovery.present()) return;
  report(product.pos, fmt::format("product {} has no installers", quoted(product.id.text)), product.id.text);
}

}  // namespace zf0218

const Rule kZf0218 = {
    .info = {"ZF0218", Severity::kNote, Effect::kHides, "a product without installers is only detected",
             "the client cannot install it and panels leave it out", "webpi-feed 2"},
    .product = zf0218::check_product};

}  // namespace zoo::catalog::rules
