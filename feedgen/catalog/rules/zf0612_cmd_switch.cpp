// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0612 {

bool is_command_processor(std::string_view exe) {
  std::string name = folded(file_name_of(exe));
  while (!name.empty() && name.back() == '"') name.pop_back();
  return name == "cmd" || name == "cmd.exe" || name == "%comspec%";
}

void check_command(const RuleContext& /*context*/, const Product& product, const Command& command,
                   const Report& report) {
  if (!same_id(command.kind.text, "cmdLine") || !is_command_processor(command.exe.text)) return;
  const std::string_view arguments = command.arguments.text;
  // /r is an old name of /c.
  if (contains_folded(arguments, "/c") || contains_folded(arguments, "/r")) return;
  report(command.exe.pos, "cmd.exe without /c takes no command: it waits for input and does not end", product.id.text);
}

}  // namespace zf0612

const Rule kZf0612 = {.info = {"ZF0612", Severity::kWarning, Effect::kFails, "cmd.exe is told its command by /c",
                               "write /c before the command in commandLineArguments", "practice"},
                      .command = zf0612::check_command};

}  // namespace zoo::catalog::rules
