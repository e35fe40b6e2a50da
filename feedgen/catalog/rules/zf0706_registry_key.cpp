// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0706 {

void check_hint(const RuleContext& /*context*/, const Product* product, const DiscoveryHint& hint,
                const Report& report) {
  if (hint.kind != DiscoveryHint::Kind::kRegistry || !trimmed(hint.subject.text).empty()) return;
  report(hint.pos, "a registry hint has no keyPath", product == nullptr ? std::string_view() : product->id.text);
}

}  // namespace zf0706

const Rule kZf0706 = {.info = {"ZF0706", Severity::kError, Effect::kRejects, "a registry hint has a keyPath",
                               "add <keyPath>HKEY_LOCAL_MACHINE\\...</keyPath>", "webpi-feed 5"},
                      .hint = zf0706::check_hint};

}  // namespace zoo::catalog::rules
