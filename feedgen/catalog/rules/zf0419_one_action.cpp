// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0419 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const bool commands = !installer.commands.empty();
  if (installer.ms_deploy.present() && (commands || installer.iis.present())) {
    report(installer.ms_deploy.pos,
           fmt::format("msDeploy stands beside {}: the client takes {} for a Web Deploy application",
                       commands ? "installCommands" : "iisComponent", quoted(product.id.text)),
           product.id.text);
  } else if (commands && installer.iis.present()) {
    report(installer.iis.pos, "iisComponent stands beside installCommands: one of them is not used", product.id.text);
  }
}

}  // namespace zf0419

const Rule kZf0419 = {
    .info = {"ZF0419", Severity::kWarning, Effect::kFails,
             "an installer has one of installCommands, msDeploy and iisComponent",
             "keep msDeploy for a Web Deploy package alone, and installCommands for software that they install",
             "webpi-feed 2 [C] and 4"},
    .installer = zf0419::check_installer};

}  // namespace zoo::catalog::rules
