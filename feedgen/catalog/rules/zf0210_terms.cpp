// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0210 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  const Terms& terms = product.terms;
  if (!terms.present()) return;
  const auto miss = [&](const Field& field, std::string_view name) {
    if (!field.present()) report(terms.pos, fmt::format("terms has no {}", name), product.id.text);
  };
  miss(terms.text, "termsText");
  miss(terms.link, "termsLink");
  miss(terms.link_text, "termsLinkText");
}

}  // namespace zf0210

const Rule kZf0210 = {
    .info = {"ZF0210", Severity::kError, Effect::kRejects, "terms holds termsText, termsLink and termsLinkText",
             "add what is missing or drop terms", "webpi-feed 2 [C]"},
    .product = zf0210::check_product};

}  // namespace zoo::catalog::rules
