// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0608 {

void check_command(const RuleContext& /*context*/, const Product& product, const Command& command,
                   const Report& report) {
  for (const ReturnCode& code : command.return_codes) {
    if (to_int32(code.code.text)) continue;
    report(code.code.present() ? code.code.pos : code.pos,
           code.code.present() ? fmt::format("returnCode {} is no decimal number of 32 bits", quoted(code.code.text))
                               : std::string("a mapping has no returnCode"),
           product.id.text);
  }
}

}  // namespace zf0608

const Rule kZf0608 = {.info = {"ZF0608", Severity::kError, Effect::kRejects, "a returnCode is a signed decimal number",
                               "write -2147023436 and not 0x800705B4", "webpi-feed 4 [C]"},
                      .command = zf0608::check_command};

}  // namespace zoo::catalog::rules
