// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0606 {

/// Windows' own installers return ERROR_SUCCESS_REBOOT_REQUIRED.
bool may_return_3010(std::string_view exe) {
  std::string name = folded(file_name_of(exe));
  name.erase(std::remove(name.begin(), name.end(), '"'), name.end());
  if (name.size() > 4 && name.compare(name.size() - 4, 4, ".exe") == 0) name.resize(name.size() - 4);
  return name == "msiexec" || name == "wusa" || name == "dism";
}

void check_command(const RuleContext& /*context*/, const Product& product, const Command& command,
                   const Report& report) {
  if (!same_id(command.kind.text, "cmdLine") || !may_return_3010(command.exe.text) ||
      command.ignore_exit_code.present())
    return;
  const auto& codes = command.return_codes;
  if (std::any_of(codes.begin(), codes.end(), [](const ReturnCode& code) { return trimmed(code.code.text) == "3010"; }))
    return;
  report(command.pos,
         fmt::format("{} succeeds with exit code 3010 when Windows must restart, which counts as failure here",
                     trimmed(command.exe.text)),
         product.id.text);
}

}  // namespace zf0606

const Rule kZf0606 = {.info = {"ZF0606", Severity::kWarning, Effect::kFails, "a command that may end with 3010 maps it",
                               "map 3010 to successRebootRequired in returnCodeMappings (msiInstall knows it by "
                               "itself): to cmdLine every exit code but 0 is a failure",
                               "webpi-feed 4 [C]"},
                      .command = zf0606::check_command};

}  // namespace zoo::catalog::rules
