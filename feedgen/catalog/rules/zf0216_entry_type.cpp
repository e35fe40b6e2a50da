// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0216 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (product.entry_type != "application" || product.is_application() || product.installers.empty()) return;
  report(product.pos,
         fmt::format("{} is typed as application, but none of its installers has msDeploy", quoted(product.id.text)),
         product.id.text);
}

}  // namespace zf0216

const Rule kZf0216 = {.info = {"ZF0216", Severity::kNote, Effect::kIgnored,
                               "what makes a product an application is msDeploy in its installers",
                               "the type attribute of an entry has no effect", "webpi-feed 2 [C]"},
                      .product = zf0216::check_product};

}  // namespace zoo::catalog::rules
