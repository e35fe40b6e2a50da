// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0504 {

bool has_location(const MsDeploy& deploy) {
  return std::any_of(deploy.others.begin(), deploy.others.end(),
                     [](const MsDeploy::Parameter& p) { return p.name.text == "packageLocation"; });
}

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  if (!installer.ms_deploy.present() || installer.file.present() || has_location(installer.ms_deploy)) return;
  report(installer.ms_deploy.pos,
         fmt::format("application {} has no package: the installer lacks installerFile", quoted(product.id.text)),
         product.id.text);
}

}  // namespace zf0504

const Rule kZf0504 = {.info = {"ZF0504", Severity::kError, Effect::kFails, "an msDeploy installer has an installerFile",
                               "add installerFile with the address of the Web Deploy package", "webpi-feed 4"},
                      .installer = zf0504::check_installer};

}  // namespace zoo::catalog::rules
