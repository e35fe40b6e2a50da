// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0613 {

void check_command(const RuleContext& /*context*/, const Product& product, const Command& command,
                   const Report& report) {
  const std::array<const Field*, 4> fields = {&command.exe, &command.arguments, &command.offline_arguments,
                                              &command.package};
  for (const Field* field : fields) {
    if (!contains_folded(field->text, "%InstallerFile%\\")) continue;
    report(field->pos, "%InstallerFile% is the file that was downloaded: nothing lies below it", product.id.text);
  }
}

}  // namespace zf0613

const Rule kZf0613 = {
    .info = {"ZF0613", Severity::kWarning, Effect::kFails, "%InstallerFile% is a file and no folder",
             "unpack an archive with unzip first and name its targetDirectory in the next command", "webpi-feed 4"},
    .command = zf0613::check_command};

}  // namespace zoo::catalog::rules
