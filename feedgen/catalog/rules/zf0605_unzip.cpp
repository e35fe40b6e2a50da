// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0605 {

void check_command(const RuleContext& /*context*/, const Product& product, const Command& command,
                   const Report& report) {
  if (!same_id(command.kind.text, "unzip")) return;
  if (trimmed(command.package.text).empty()) report(command.pos, "unzip has no zipFile", product.id.text);
  if (trimmed(command.target_directory.text).empty())
    report(command.pos, "unzip has no targetDirectory", product.id.text);
}

}  // namespace zf0605

const Rule kZf0605 = {
    .info = {"ZF0605", Severity::kError, Effect::kRejects, "unzip has a zipFile and a targetDirectory",
             "add <zipFile>%InstallerFile%</zipFile> and the folder to write to", "webpi-feed 4"},
    .command = zf0605::check_command};

}  // namespace zoo::catalog::rules
