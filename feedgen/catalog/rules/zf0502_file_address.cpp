// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0502 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const InstallerFile& file = installer.file;
  if (!file.present() || !trimmed(file.url.text).empty() || !trimmed(file.relative_url.text).empty()) return;
  report(file.pos, fmt::format("an installer of {} has a file without address", quoted(product.id.text)),
         product.id.text);
}

}  // namespace zf0502

const Rule kZf0502 = {.info = {"ZF0502", Severity::kError, Effect::kFails, "an installerFile has an installerURL",
                               "add <installerURL> (or relativeInstallerURL) or drop installerFile", "webpi-feed 4"},
                      .installer = zf0502::check_installer};

}  // namespace zoo::catalog::rules
