// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>
#include <unordered_set>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0402 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  // One installer is the common case; the set costs more than the rest of the rule.
  if (product.installers.size() < 2) return;
  if (product.installers.size() == 2 && product.installers[0].id.text != product.installers[1].id.text) return;
  std::unordered_set<std::string_view> seen;
  for (const Installer& installer : product.installers) {
    if (!installer.id.present() || seen.insert(installer.id.text).second) continue;
    report(installer.id.pos,
           fmt::format("two installers of {} have the id {}", quoted(product.id.text), quoted(installer.id.text)),
           product.id.text);
  }
}

}  // namespace zf0402

const Rule kZf0402 = {
    .info = {"ZF0402", Severity::kError, Effect::kRejects, "an installer's id is unique within its entry",
             "number the installers of the entry", "webpi-feed 4 [C]"},
    .product = zf0402::check_product};

}  // namespace zoo::catalog::rules
