// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0710 {

void check_hint(const RuleContext& /*context*/, const Product* product, const DiscoveryHint& hint,
                const Report& report) {
  if (hint.further_value_names.empty()) return;
  report(hint.further_value_names.front().pos,
         fmt::format("{} more valueName elements of the hint are not read", hint.further_value_names.size()),
         product == nullptr ? std::string_view() : product->id.text);
}

}  // namespace zf0710

const Rule kZf0710 = {
    .info = {"ZF0710", Severity::kWarning, Effect::kIgnored, "a registry hint tests one value",
             "write one registry hint for each value and join them by and: only the first valueName is read",
             "webpi-feed 5 [C]"},
    .hint = zf0710::check_hint};

}  // namespace zoo::catalog::rules
