// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>
#include <unordered_set>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0109 {

void check_feed(const RuleContext& context, const Report& report) {
  std::unordered_set<std::string_view> seen;
  for (const Keyword& keyword : context.catalog.keywords) {
    if (!keyword.id.present()) continue;
    if (!seen.insert(keyword.id.text).second) {
      report(keyword.id.pos, fmt::format("keyword {} is defined twice", quoted(keyword.id.text)));
    } else if (context.lookup->is_keyword_beside(keyword.id.text)) {
      report(keyword.id.pos, fmt::format("keyword {} is defined in a feed loaded before", quoted(keyword.id.text)));
    }
  }
}

}  // namespace zf0109

const Rule kZf0109 = {.info = {"ZF0109", Severity::kError, Effect::kRejects,
                               "a keyword is defined once, in this feed and those loaded before it",
                               "drop one of the definitions", "webpi-client, adding a feed"},
                      .feed = zf0109::check_feed};

}  // namespace zoo::catalog::rules
