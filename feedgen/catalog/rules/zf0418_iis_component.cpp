// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0418 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  if (!installer.iis.present() || installer.iis.iis70.filled()) return;
  report(installer.iis.pos,
         fmt::format("an installer of {} names no component for IIS 7 and later", quoted(product.id.text)),
         product.id.text);
}

}  // namespace zf0418

const Rule kZf0418 = {
    .info = {"ZF0418", Severity::kWarning, Effect::kFails, "iisComponent names a component for IIS 7 or later",
             "add <iis70ComponentName>, the name of a Windows optional feature such as IIS-CGI", "webpi-feed 4"},
    .installer = zf0418::check_installer};

}  // namespace zoo::catalog::rules
