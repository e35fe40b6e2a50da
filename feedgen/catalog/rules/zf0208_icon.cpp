// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0208 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (trimmed(product.icon.text).empty() || may_be_absolute_uri(product.icon.text)) return;
  report(product.icon.pos, fmt::format("icon {} is not absolute", quoted(product.icon.text)), product.id.text);
}

}  // namespace zf0208

const Rule kZf0208 = {.info = {"ZF0208", Severity::kError, Effect::kRejects, "icon is an absolute address",
                               "write the whole address, or the whole path with its drive, or leave the element empty",
                               "webpi-feed 0 [C]"},
                      .product = zf0208::check_product};

}  // namespace zoo::catalog::rules
