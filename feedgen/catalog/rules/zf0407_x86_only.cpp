// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0407 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  const Installer* only_x86 = nullptr;
  for (const Installer& installer : product.installers) {
    const Architectures& list = installer.architectures;
    if (!list.present() || list.has("x64")) return;
    if (list.has("x86") && only_x86 == nullptr) only_x86 = &installer;
  }
  if (only_x86 == nullptr) return;
  report(only_x86->architectures.pos,
         fmt::format("{} is for x86 alone and hidden on 64-bit Windows", quoted(product.id.text)), product.id.text);
}

}  // namespace zf0407

const Rule kZf0407 = {
    .info = {"ZF0407", Severity::kWarning, Effect::kHides, "a product that runs on 64-bit Windows says x64",
             "32-bit software that runs there needs <x86/><x64/>, or no architectures element", "webpi-feed 4 [C]"},
    .product = zf0407::check_product};

}  // namespace zoo::catalog::rules
