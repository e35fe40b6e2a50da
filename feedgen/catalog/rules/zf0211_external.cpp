// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0211 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (!product.external.present()) return;
  if (!product.description.present()) {
    report(product.external.pos, fmt::format("external product {} has no longSummary", quoted(product.id.text)),
           product.id.text);
  }
  if (!product.link.present()) {
    report(product.external.pos, fmt::format("external product {} has no link with href", quoted(product.id.text)),
           product.id.text);
  }
}

}  // namespace zf0211

const Rule kZf0211 = {
    .info = {"ZF0211", Severity::kError, Effect::kRejects, "an external product has a longSummary and a link",
             "the client sends the user to the link and shows the long summary", "webpi-feed 2 [C]"},
    .product = zf0211::check_product};

}  // namespace zoo::catalog::rules
