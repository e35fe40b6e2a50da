// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0412 {

void check_os(const Os& os, std::string_view product_id, const Report& report) {
  constexpr std::array<std::string_view, 9> kKnown = {"Server",  "ServerCore", "Client",     "HomeBasic", "HomePremium",
                                                      "Starter", "Ultimate",   "Enterprise", "Business"};
  for (const Field& type : os.types) {
    if (std::find(kKnown.begin(), kKnown.end(), type.text) != kKnown.end()) continue;
    report(type.pos, fmt::format("the client does not know the type of Windows {}", quoted(type.text)), product_id);
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

}  // namespace zf0412

const Rule kZf0412 = {.info = {"ZF0412", Severity::kWarning, Effect::kIgnored, "the client knows nine types of Windows",
                               "Server, ServerCore, Client, HomeBasic, HomePremium, Starter, Ultimate, Enterprise, "
                               "Business, in this spelling",
                               "webpi-feed 4 [C]"},
                      .feed = zf0412::check_feed,
                      .product = zf0412::check_product,
                      .installer = zf0412::check_installer};

}  // namespace zoo::catalog::rules
