// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0603 {

void check_command(const RuleContext& /*context*/, const Product& product, const Command& command,
                   const Report& report) {
  if (!same_id(command.kind.text, "msiInstall") || !trimmed(command.package.text).empty()) return;
  report(command.pos, "msiInstall has no msi", product.id.text);
}

}  // namespace zf0603

const Rule kZf0603 = {.info = {"ZF0603", Severity::kError, Effect::kRejects, "msiInstall has an msi",
                               "add <msi>%InstallerFile%</msi>", "webpi-feed 4"},
                      .command = zf0603::check_command};

}  // namespace zoo::catalog::rules
