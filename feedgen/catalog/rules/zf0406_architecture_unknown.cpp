// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0406 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const Architectures& list = installer.architectures;
  if (!list.has("x86") && !list.has("x64")) return;
  for (const Field& name : list.names) {
    if (name.text != "x86" && name.text != "x64")
      report(name.pos, fmt::format("the client does not know the architecture {}", quoted(name.text)), product.id.text);
  }
}

}  // namespace zf0406

const Rule kZf0406 = {
    .info = {"ZF0406", Severity::kWarning, Effect::kIgnored, "the client knows the architectures x86 and x64",
             "drop the other one: it has no effect beside them", "webpi-feed 4 [C]"},
    .installer = zf0406::check_installer};

}  // namespace zoo::catalog::rules
