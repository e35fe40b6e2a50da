// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0907 {

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  for (const Field& keyword : product.keywords) {
    if (keyword.text.substr(0, 9) == "ZooEngine" && keyword.text.find('.') != std::string_view::npos)
      report(keyword.pos, fmt::format("no engine matches the keyword {}", quoted(keyword.text)), product.id.text);
  }
}

}  // namespace zf0907

const Rule kZf0907 = {
    .info = {"ZF0907", Severity::kWarning, Effect::kHides, "an engine's keyword has no dots",
             "leave the dots of the engine's name out: python.2.7.wsgi is ZooEnginepython27wsgi", "hosting-panel 15"},
    .product = zf0907::check_product};

}  // namespace zoo::catalog::rules
