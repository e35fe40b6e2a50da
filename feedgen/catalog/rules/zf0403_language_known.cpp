// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0403 {

void check_installer(const RuleContext& context, const Product& product, const Installer& installer,
                     const Report& report) {
  if (!context.closed || !installer.language.filled() || context.lookup->has_language(installer.language.text)) return;
  // A primary feed without any language is reported as such.
  if (context.beside.empty() && !context.catalog.languages_pos.known()) return;
  report(installer.language.pos, fmt::format("no feed defines the language {}", quoted(installer.language.text)),
         product.id.text);
}

}  // namespace zf0403

const Rule kZf0403 = {
    .info = {"ZF0403", Severity::kError, Effect::kRejects,
             "an installer's languageId names a language of this feed or one loaded before",
             "add the language to languages, or drop languageId: the installer is language neutral then",
             "webpi-feed 4 [C]"},
    .installer = zf0403::check_installer};

}  // namespace zoo::catalog::rules
