// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0411 {

void check_os(const Os& os, std::string_view product_id, const Report& report) {
  for (const OsVersion* version : {&os.minimum, &os.maximum}) {
    if (!version->present()) continue;
    for (const Field* part : {&version->major, &version->minor, &version->sp_major, &version->sp_minor}) {
      if (trimmed(part->text).empty() || to_int32(part->text)) continue;
      report(part->pos, fmt::format("{} is no integer", quoted(part->text)), product_id);
    }
  }
}

void check_feed(const RuleContext& context, const Report& report) {
  for (const Shared<Os>& shared : context.catalog.oses) check_os(shared.value, {}, report);
  for (const Shared<OsList>& shared : context.catalog.os_lists) {
    for (const Os& os : shared.value.items) check_os(os, {}, report);
  }
}

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  for (const Os& os : product.defaults.os.items) check_os(os, product.id.text, report);
}

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  for (const Os& os : installer.os.items) check_os(os, product.id.text, report);
}

}  // namespace zf0411

const Rule kZf0411 = {
    .info = {"ZF0411", Severity::kError, Effect::kRejects, "each part of a Windows version is an integer",
             "write 6.1 as osMajorVersion 6 and osMinorVersion 1", "webpi-feed 4 [C]"},
    .feed = zf0411::check_feed,
    .product = zf0411::check_product,
    .installer = zf0411::check_installer};

}  // namespace zoo::catalog::rules
