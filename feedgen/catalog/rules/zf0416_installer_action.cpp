// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0416 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  if (!installer.commands.empty() || installer.ms_deploy.present() || installer.iis.present() ||
      !product.defaults.commands.empty())
    return;
  report(installer.pos,
         fmt::format("an installer of {} installs nothing{}", quoted(product.id.text),
                     installer.commands_pos.known() ? ": installCommands is empty" : ""),
         product.id.text);
}

}  // namespace zf0416

const Rule kZf0416 = {
    .info = {"ZF0416", Severity::kError, Effect::kRejects, "an installer has installCommands, msDeploy or iisComponent",
             "add one of them; an empty installCommands counts as none", "webpi-feed 4 [C]"},
    .installer = zf0416::check_installer};

}  // namespace zoo::catalog::rules
