// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0609 {

void check_command(const RuleContext& /*context*/, const Product& product, const Command& command,
                   const Report& report) {
  for (const ReturnCode& code : command.return_codes) {
    if (code.outcomes == 1) continue;
    report(code.pos, fmt::format("the mapping of {} has {} outcomes", quoted(trimmed(code.code.text)), code.outcomes),
           product.id.text);
  }
}

}  // namespace zf0609

const Rule kZf0609 = {
    .info = {"ZF0609", Severity::kError, Effect::kRejects, "a mapping has exactly one outcome",
             "success, successRebootRequired, failure, failureRebootRequired or none", "webpi-feed 4 [C]"},
    .command = zf0609::check_command};

}  // namespace zoo::catalog::rules
