// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0214 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  for (std::size_t i = 1; i < product.attributes.size(); ++i) {
    const Attribute& later = product.attributes[i];
    const auto end = product.attributes.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(i, 64));
    const auto earlier = std::find_if(product.attributes.begin(), end,
                                      [&](const Attribute& a) { return a.name.text == later.name.text; });
    if (earlier == end) continue;
    report(earlier->name.pos,
           fmt::format("{} is given again below, where another value takes its place", earlier->name.text),
           product.id.text);
  }
}

}  // namespace zf0214

const Rule kZf0214 = {
    .info = {"ZF0214", Severity::kNote, Effect::kIgnored, "of repeated simple elements of an entry the last one counts",
             "keep one of them", "webpi-feed 2 [C]"},
    .product = zf0214::check_product};

}  // namespace zoo::catalog::rules
