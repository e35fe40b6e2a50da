// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0413 {

/// False when the maximum is below 10.0; texts that are no numbers have their own rule.
bool admits_windows_10(const Os& os) {
  const std::optional<std::int32_t> major = to_int32(os.maximum.major.text);
  return !os.maximum.present() || !major || *major >= 10;
}

bool admits_windows_10(const RuleContext& context, const Installer& installer) {
  const OsList* list = context.lookup->os_list_of(installer);
  if (list == nullptr || list->items.empty()) return true;
  bool has_condition = false;
  for (const Os& item : list->items) {
    const Os* os = context.lookup->resolved(item);
    if (os == nullptr) continue;
    if (admits_windows_10(*os)) return true;
    has_condition = true;
  }
  return !has_condition;
}

bool is_for_x64(const Installer& installer) {
  return !installer.architectures.present() || installer.architectures.has("x64");
}

void check_product(const RuleContext& context, const Product& product, const Report& report) {
  const auto& installers = product.installers;
  if (installers.empty()) return;
  // On 64-bit Windows only the installers for x64 count.
  const bool any_x64 = std::any_of(installers.begin(), installers.end(), is_for_x64);
  const Installer* hidden = nullptr;
  for (const Installer& installer : installers) {
    if (any_x64 && !is_for_x64(installer)) continue;
    if (admits_windows_10(context, installer)) return;
    if (hidden == nullptr) hidden = &installer;
  }
  report(hidden->os.pos,
         fmt::format("{} is hidden on Windows 10 and later: maximumVersion is below 10.0 in every installer{}",
                     quoted(product.id.text), any_x64 ? " for x64" : ""),
         product.id.text);
}

}  // namespace zf0413

const Rule kZf0413 = {.info = {"ZF0413", Severity::kWarning, Effect::kHides,
                               "a product is offered on Windows 10, 11 and Server 2016 and later",
                               "raise or drop maximumVersion: all of these are version 10.0", "webpi-feed 4 [C]"},
                      .product = zf0413::check_product};

}  // namespace zoo::catalog::rules
