// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0503 {

bool uses_file(const Command& command) {
  const Field* texts[] = {&command.exe, &command.arguments, &command.package, &command.properties};
  return std::any_of(std::begin(texts), std::end(texts),
                     [](const Field* text) { return contains_folded(text->text, "%InstallerFile%"); });
}

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  if (installer.file.present()) return;
  for (const Command& command : installer.commands) {
    if (!uses_file(command)) continue;
    report(command.pos, "the command uses %InstallerFile%, but the installer has no installerFile", product.id.text);
  }
}

}  // namespace zf0503

const Rule kZf0503 = {
    .info = {"ZF0503", Severity::kError, Effect::kFails, "a command that uses %InstallerFile% has an installerFile",
             "add installerFile with the address of the file", "webpi-feed 4"},
    .installer = zf0503::check_installer};

}  // namespace zoo::catalog::rules
