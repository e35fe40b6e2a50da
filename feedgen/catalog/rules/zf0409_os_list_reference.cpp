// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0409 {

void check_list(const RuleContext& context, const OsList& list, std::string_view product_id, const Report& report) {
  if (!list.reference.present() || context.lookup->os_list(list.reference.text) != nullptr) return;
  report(list.reference.pos, fmt::format("this feed defines no osList {}", quoted(list.reference.text)), product_id);
}

void check_feed(const RuleContext& context, const Report& report) {
  for (const Shared<OsList>& shared : context.catalog.os_lists) check_list(context, shared.value, {}, report);
}

void check_product(const RuleContext& context, const Product& product, const Report& report) {
  check_list(context, product.defaults.os, product.id.text, report);
}

void check_installer(const RuleContext& context, const Product& product, const Installer& installer,
                     const Report& report) {
  check_list(context, installer.os, product.id.text, report);
}

}  // namespace zf0409

const Rule kZf0409 = {
    .info = {"ZF0409", Severity::kError, Effect::kRejects, "the idref of an osList names a list of the same feed",
             "define it in this feed's osLists: those of other feeds are out of reach", "webpi-feed 1 [C]"},
    .feed = zf0409::check_feed,
    .product = zf0409::check_product,
    .installer = zf0409::check_installer};

}  // namespace zoo::catalog::rules
