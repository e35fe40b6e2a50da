// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0410 {

/// True when no Windows version can match any of the conditions.
bool is_dead(const RuleContext& context, const Installer& installer) {
  const OsList* list = context.lookup->os_list_of(installer);
  return list != nullptr && !list->items.empty() &&
         std::all_of(list->items.begin(), list->items.end(),
                     [&](const Os& os) { return context.lookup->resolved(os) == nullptr; });
}
void check_list(const RuleContext& context, const OsList& list, std::string_view product_id, const Report& report) {
  for (const Os& os : list.items) {
    if (context.lookup->resolved(os) != nullptr) continue;
    report(os.reference.pos,
           fmt::format("this feed defines no os {}: the condition never matches", quoted(os.reference.text)),
           product_id);
  }
}

void check_feed(const RuleContext& context, const Report& report) {
  for (const Shared<OsList>& shared : context.catalog.os_lists) check_list(context, shared.value, {}, report);
}

void check_product(const RuleContext& context, const Product& product, const Report& report) {
  check_list(context, product.defaults.os, product.id.text, report);
  const auto& installers = product.installers;
  if (installers.empty() ||
      !std::all_of(installers.begin(), installers.end(), [&](const Installer& i) { return is_dead(context, i); }))
    return;
  report(Severity::kError, product.installers_pos,
         fmt::format("no installer of {} matches any Windows version", quoted(product.id.text)), product.id.text);
}

void check_installer(const RuleContext& context, const Product& product, const Installer& installer,
                     const Report& report) {
  check_list(context, installer.os, product.id.text, report);
}

}  // namespace zf0410

const Rule kZf0410 = {
    .info = {"ZF0410", Severity::kWarning, Effect::kHides, "the idref of an os names a condition of the same feed",
             "define it in this feed's oses: one of another feed never matches", "webpi-feed 1 [C]"},
    .feed = zf0410::check_feed,
    .product = zf0410::check_product,
    .installer = zf0410::check_installer};

}  // namespace zoo::catalog::rules
