// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0903 {

bool has_keyword(const Product& product, std::string_view start, bool whole) {
  return std::any_of(product.keywords.begin(), product.keywords.end(), [&](const Field& keyword) {
    return whole ? keyword.text == start
                 : keyword.text.size() > start.size() && keyword.text.substr(0, start.size()) == start;
  });
}

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (!product.is_application() || !has_keyword(product, "ZooTemplate", true) ||
      has_keyword(product, "ZooEngine", false))
    return;
  report(product.pos, fmt::format("template {} has no ZooEngine keyword", quoted(product.id.text)), product.id.text);
}

}  // namespace zf0903

const Rule kZf0903 = {
    .info = {"ZF0903", Severity::kWarning, Effect::kHides, "a template names its engine",
             "add the keyword ZooEngine followed by the engine's name without dots: ZooEnginepython27wsgi",
             "hosting-panel 15"},
    .product = zf0903::check_product};

}  // namespace zoo::catalog::rules
