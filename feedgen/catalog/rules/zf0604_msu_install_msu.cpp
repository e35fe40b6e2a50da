// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0604 {

void check_command(const RuleContext& /*context*/, const Product& product, const Command& command,
                   const Report& report) {
  if (!same_id(command.kind.text, "msuInstall") || !trimmed(command.package.text).empty()) return;
  report(command.pos, "msuInstall has no msu", product.id.text);
}

}  // namespace zf0604

const Rule kZf0604 = {.info = {"ZF0604", Severity::kError, Effect::kRejects, "msuInstall has an msu",
                               "add <msu>%InstallerFile%</msu>", "webpi-feed 4"},
                      .command = zf0604::check_command};

}  // namespace zoo::catalog::rules
