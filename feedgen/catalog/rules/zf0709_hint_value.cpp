// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0709 {

void check_hint(const RuleContext& /*context*/, const Product* product, const DiscoveryHint& hint,
                const Report& report) {
  for (const Field* value : {&hint.minimum_value, &hint.maximum_value}) {
    if (trimmed(value->text).empty() || to_int64(value->text)) continue;
    report(value->pos, fmt::format("{} is no integer", quoted(value->text)),
           product == nullptr ? std::string_view() : product->id.text);
  }
}

}  // namespace zf0709

const Rule kZf0709 = {
    .info = {"ZF0709", Severity::kError, Effect::kRejects, "minimumValue and maximumValue are integers",
             "write a decimal number; for dotted versions there are minimumVersion and maximumVersion", "webpi-feed 5"},
    .hint = zf0709::check_hint};

}  // namespace zoo::catalog::rules
