// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0712 {

void check_hint(const RuleContext& /*context*/, const Product* product, const DiscoveryHint& hint,
                const Report& report) {
  if (hint.kind != DiscoveryHint::Kind::kMsiProductCode && hint.kind != DiscoveryHint::Kind::kMsiPatchCode) return;
  // A patch hint may name product and patch in ways that the reference does not describe.
  if (is_guid(hint.subject.text) || (hint.kind == DiscoveryHint::Kind::kMsiPatchCode && hint.subject.text.empty()))
    return;
  report(hint.subject.pos, fmt::format("{} is no GUID", quoted(hint.subject.text)),
         product == nullptr ? std::string_view() : product->id.text);
}

}  // namespace zf0712

const Rule kZf0712 = {
    .info = {"ZF0712", Severity::kWarning, Effect::kFails, "msiProductCode and msiPatchCode are GUIDs",
             "write {12345678-1234-1234-1234-123456789012}, with or without braces", "webpi-feed 5 [C]"},
    .hint = zf0712::check_hint};

}  // namespace zoo::catalog::rules
