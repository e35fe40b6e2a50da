// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0108 {

void check_feed(const RuleContext& context, const Report& report) {
  for (const Keyword& keyword : context.catalog.keywords) {
    if (!keyword.id.present())
      report(keyword.label.pos, fmt::format("keyword {} has no id", quoted(keyword.label.text)));
  }
}

}  // namespace zf0108

const Rule kZf0108 = {.info = {"ZF0108", Severity::kError, Effect::kRejects, "a keyword definition has an id",
                               "write <keyword id=\"...\">label</keyword>", "webpi-feed 1 [C]"},
                      .feed = zf0108::check_feed};

}  // namespace zoo::catalog::rules
