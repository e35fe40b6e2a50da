// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0209 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (trimmed(product.author_url.text).empty() || may_be_absolute_uri(product.author_url.text)) return;
  report(product.author_url.pos, fmt::format("the author's uri {} is not absolute", quoted(product.author_url.text)),
         product.id.text);
}

}  // namespace zf0209

const Rule kZf0209 = {.info = {"ZF0209", Severity::kError, Effect::kRejects, "the uri of an entry's author is absolute",
                               "write the whole address or drop the element", "webpi-feed 0 [C]"},
                      .product = zf0209::check_product};

}  // namespace zoo::catalog::rules
