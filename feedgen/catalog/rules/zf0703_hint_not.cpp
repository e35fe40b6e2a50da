// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0703 {

void check_hint(const RuleContext& /*context*/, const Product* product, const DiscoveryHint& hint,
                const Report& report) {
  if (hint.kind != DiscoveryHint::Kind::kNot || hint.children.size() == 1) return;
  report(hint.pos, fmt::format("\"not\" has {} discoveryHint elements instead of one", hint.children.size()),
         product == nullptr ? std::string_view() : product->id.text);
}

}  // namespace zf0703

const Rule kZf0703 = {.info = {"ZF0703", Severity::kError, Effect::kRejects, "not holds one discoveryHint",
                               "join several by and/or within one discoveryHint", "webpi-feed 5 [C]"},
                      .hint = zf0703::check_hint};

}  // namespace zoo::catalog::rules
