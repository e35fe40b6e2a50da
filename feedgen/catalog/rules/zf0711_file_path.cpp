// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0711 {

void check_hint(const RuleContext& /*context*/, const Product* product, const DiscoveryHint& hint,
                const Report& report) {
  if (hint.kind != DiscoveryHint::Kind::kFile || !trimmed(hint.subject.text).empty()) return;
  report(hint.pos, "a file hint has no filePath", product == nullptr ? std::string_view() : product->id.text);
}

}  // namespace zf0711

const Rule kZf0711 = {.info = {"ZF0711", Severity::kError, Effect::kRejects, "a file hint has a filePath",
                               "add <filePath>%ProgramFiles%\\...</filePath>", "webpi-feed 5"},
                      .hint = zf0711::check_hint};

}  // namespace zoo::catalog::rules
