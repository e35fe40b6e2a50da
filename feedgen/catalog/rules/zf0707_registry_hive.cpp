// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0707 {

void check_hint(const RuleContext& /*context*/, const Product* product, const DiscoveryHint& hint,
                const Report& report) {
  if (hint.kind != DiscoveryHint::Kind::kRegistry || trimmed(hint.subject.text).empty()) return;
  const std::string_view path = trimmed(hint.subject.text);
  const std::string_view hive = path.substr(0, path.find('\\'));
  for (const std::string_view known : {"HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER", "HKEY_CLASSES_ROOT", "HKEY_USERS",
                                       "HKEY_CURRENT_CONFIG", "HKEY_PERFORMANCE_DATA", "HKEY_DYN_DATA"}) {
    if (same_id(hive, known)) return;
  }
  report(hint.subject.pos, fmt::format("keyPath begins with {}, which is no hive", quoted(hive)),
         product == nullptr ? std::string_view() : product->id.text);
}

}  // namespace zf0707

const Rule kZf0707 = {
    .info = {"ZF0707", Severity::kError, Effect::kFails, "a keyPath begins with the full name of a hive",
             R"(write HKEY_LOCAL_MACHINE\..., not HKLM\...: the check fails, "registry key is not valid")",
             "webpi-feed 5 [C]"},
    .hint = zf0707::check_hint};

}  // namespace zoo::catalog::rules
