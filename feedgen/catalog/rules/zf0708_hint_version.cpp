// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0708 {

void check_hint(const RuleContext& /*context*/, const Product* product, const DiscoveryHint& hint,
                const Report& report) {
  const bool is_file = hint.kind == DiscoveryHint::Kind::kFile;
  for (const Field* version : {&hint.minimum_version, &hint.maximum_version}) {
    if (trimmed(version->text).empty()) continue;
    const unsigned parts = version_parts(version->text);
    const std::string_view product_id = product == nullptr ? std::string_view() : product->id.text;
    if (parts == 0 || (is_file && (parts < 2 || parts > 4))) {
      report(version->pos, fmt::format("{} is no version", quoted(version->text)), product_id);
    } else if (parts < 2 || parts > 4) {
      report(Severity::kWarning, version->pos,
             fmt::format("{} is no version of two to four numbers", quoted(version->text)), product_id);
    }
  }
}

}  // namespace zf0708

const Rule kZf0708 = {.info = {"ZF0708", Severity::kError, Effect::kRejects, "a version in a hint is numbers with dots",
                               "write two to four numbers: 1.2.3.4", "webpi-feed 5 [C]"},
                      .hint = zf0708::check_hint};

}  // namespace zoo::catalog::rules
