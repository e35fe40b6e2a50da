// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0602 {

void check_command(const RuleContext& /*context*/, const Product& product, const Command& command,
                   const Report& report) {
  if (!same_id(command.kind.text, "cmdLine") || !trimmed(command.exe.text).empty()) return;
  report(command.pos, "cmdLine has no exe", product.id.text);
}

}  // namespace zf0602

const Rule kZf0602 = {.info = {"ZF0602", Severity::kError, Effect::kRejects, "cmdLine has an exe that is not empty",
                               "add <exe>: the program to run, for example %InstallerFile%", "webpi-feed 4 [C]"},
                      .command = zf0602::check_command};

}  // namespace zoo::catalog::rules
