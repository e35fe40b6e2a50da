// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0507 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const Field& url = installer.file.url;
  if (trimmed(url.text).empty() || may_be_absolute_uri(url.text)) return;
  report(url.pos, fmt::format("installerURL {} is not absolute", quoted(url.text)), product.id.text);
}

}  // namespace zf0507

const Rule kZf0507 = {.info = {"ZF0507", Severity::kError, Effect::kRejects, "installerURL is absolute",
                               "write the whole address, or use relativeInstallerURL", "webpi-feed 0 [C]"},
                      .installer = zf0507::check_installer};

}  // namespace zoo::catalog::rules
