// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0704 {

void check_hint(const RuleContext& context, const Product* product, const DiscoveryHint& hint, const Report& report) {
  if (hint.kind != DiscoveryHint::Kind::kReference || context.lookup->hint(hint.subject.text) != nullptr) return;
  report(hint.subject.pos, fmt::format("this feed defines no discoveryHint {}", quoted(hint.subject.text)),
         product == nullptr ? std::string_view() : product->id.text);
}

}  // namespace zf0704

const Rule kZf0704 = {
    .info = {"ZF0704", Severity::kError, Effect::kRejects,
             "the idref of a discoveryHint names a shared hint of the same feed",
             "define it in this feed's discoveryHints: those of other feeds are out of reach", "webpi-feed 1 [C]"},
    .hint = zf0704::check_hint};

}  // namespace zoo::catalog::rules
