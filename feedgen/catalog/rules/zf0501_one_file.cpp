// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0501 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  if (installer.further_files == 0) return;
  report(installer.file.pos, fmt::format("{} more installerFile elements are not read", installer.further_files),
         product.id.text);
}

}  // namespace zf0501

const Rule kZf0501 = {
    .info = {"ZF0501", Severity::kWarning, Effect::kIgnored, "an installer has one installerFile",
             "write one installer for each file: only the first installerFile is read", "webpi-feed 4 [C]"},
    .installer = zf0501::check_installer};

}  // namespace zoo::catalog::rules
