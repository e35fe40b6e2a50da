// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0415 {

void check_url(const Field& url, std::string_view product_id, const Report& report) {
  if (trimmed(url.text).empty() || may_be_absolute_uri(url.text)) return;
  report(url.pos, fmt::format("eulaURL {} is not absolute", quoted(url.text)), product_id);
}

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  check_url(product.defaults.eula_url, product.id.text, report);
}

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  check_url(installer.eula_url, product.id.text, report);
}

}  // namespace zf0415

const Rule kZf0415 = {.info = {"ZF0415", Severity::kError, Effect::kRejects, "eulaURL is absolute",
                               "write the whole address or leave the element empty", "webpi-feed 0 [C]"},
                      .product = zf0415::check_product,
                      .installer = zf0415::check_installer};

}  // namespace zoo::catalog::rules
