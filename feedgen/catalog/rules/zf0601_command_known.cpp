// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0601 {

void check_command(const RuleContext& /*context*/, const Product& product, const Command& command,
                   const Report& report) {
  for (const std::string_view known : {"cmdLine", "msiInstall", "msuInstall", "unzip"}) {
    if (same_id(command.kind.text, known)) return;
  }
  report(command.pos, fmt::format("the client does not know the command {}", quoted(command.kind.text)),
         product.id.text);
}

}  // namespace zf0601

const Rule kZf0601 = {.info = {"ZF0601", Severity::kError, Effect::kRejects,
                               "installCommands holds cmdLine, msiInstall, msuInstall and unzip only",
                               "replace the command: any other one makes the client drop the feed", "webpi-feed 4 [C]"},
                      .command = zf0601::check_command};

}  // namespace zoo::catalog::rules
