// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0906 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  const bool compared = same_id(product.id.text, "HeliconZooModule") ||
                        std::any_of(product.keywords.begin(), product.keywords.end(),
                                    [](const Field& k) { return k.text == "ZooPackage"; });
  if (!compared || !product.version.filled()) return;
  const unsigned parts = version_parts(product.version.text);
  if (parts >= 2 && parts <= 4) return;
  report(
      product.version.pos,
      fmt::format("version {} of {} is not two to four numbers", quoted(product.version.text), quoted(product.id.text)),
      product.id.text);
}

}  // namespace zf0906

const Rule kZf0906 = {.info = {"ZF0906", Severity::kWarning, Effect::kFails,
                               "the version of the module and of hosting packages is two to four numbers",
                               "panels compare it with the registry by System.Version", "hosting-panel 12"},
                      .product = zf0906::check_product};

}  // namespace zoo::catalog::rules
