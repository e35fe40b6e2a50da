// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0404 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  if (installer.further_languages.empty()) return;
  report(installer.further_languages.front().pos,
         fmt::format("{} more languages of the installer are not read", installer.further_languages.size()),
         product.id.text);
}

}  // namespace zf0404

const Rule kZf0404 = {
    .info =
        {"ZF0404", Severity::kWarning, Effect::kIgnored, "an installer has one languageId",
         "write one installer for each language, or none for a language neutral one: only the first languageId is read",
         "webpi-feed 4 [C]"},
    .installer = zf0404::check_installer};

}  // namespace zoo::catalog::rules
