// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0702 {

void check_hint(const RuleContext& /*context*/, const Product* product, const DiscoveryHint& hint,
                const Report& report) {
  if ((hint.kind != DiscoveryHint::Kind::kAnd && hint.kind != DiscoveryHint::Kind::kOr) || hint.children.size() >= 2)
    return;
  report(hint.pos,
         fmt::format("\"{}\" has {} of the two or more discoveryHint elements that it needs",
                     hint.kind == DiscoveryHint::Kind::kAnd ? "and" : "or", hint.children.size()),
         product == nullptr ? std::string_view() : product->id.text);
}

}  // namespace zf0702

const Rule kZf0702 = {
    .info = {"ZF0702", Severity::kError, Effect::kRejects,
             "and/or of a discoveryHint have two or more discoveryHint elements",
             "write a single hint without and/or, and each of several in its own discoveryHint element",
             "webpi-feed 5 [C]"},
    .hint = zf0702::check_hint};

}  // namespace zoo::catalog::rules
