// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0408 {

void check_list(const OsList& list, std::string_view product_id, const Report& report) {
  if (list.present() && !list.reference.present() && list.items.empty())
    report(list.pos, "osList is empty", product_id);
}

void check_feed(const RuleContext& context, const Report& report) {
  for (const Shared<OsList>& shared : context.catalog.os_lists) check_list(shared.value, {}, report);
}

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  check_list(product.defaults.os, product.id.text, report);
}

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  check_list(installer.os, product.id.text, report);
}

}  // namespace zf0408

const Rule kZf0408 = {
    .info = {"ZF0408", Severity::kError, Effect::kRejects, "an osList holds an os or refers to a list",
             "leave osList out for every Windows version", "webpi-feed 4 [C]"},
    .feed = zf0408::check_feed,
    .product = zf0408::check_product,
    .installer = zf0408::check_installer};

}  // namespace zoo::catalog::rules
