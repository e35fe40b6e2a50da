// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0401 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  if (!installer.id.present())
    report(installer.pos, fmt::format("an installer of {} has no id", quoted(product.id.text)), product.id.text);
}

}  // namespace zf0401

const Rule kZf0401 = {.info = {"ZF0401", Severity::kError, Effect::kRejects, "an installer has an id", "add <id>1</id>",
                               "webpi-feed 4 [C]"},
                      .installer = zf0401::check_installer};

}  // namespace zoo::catalog::rules
