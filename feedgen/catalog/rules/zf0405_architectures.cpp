// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0405 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const Architectures& list = installer.architectures;
  if (!list.present() || list.has("x86") || list.has("x64")) return;
  report(list.pos,
         list.names.empty()
             ? std::string("architectures is empty")
             : fmt::format("architectures holds neither x86 nor x64 but {}", quoted(list.names.front().text)),
         product.id.text);
}

}  // namespace zf0405

const Rule kZf0405 = {
    .info = {"ZF0405", Severity::kError, Effect::kRejects, "architectures holds x86, x64 or both, in lower case",
             "leave architectures out for both; the client knows no other", "webpi-feed 4 [C]"},
    .installer = zf0405::check_installer};

}  // namespace zoo::catalog::rules
