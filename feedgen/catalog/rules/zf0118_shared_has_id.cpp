// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>
#include <vector>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0118 {

template <typename T>
void check_list(const std::vector<Shared<T>>& list, std::string_view what, const Report& report) {
  for (const Shared<T>& item : list) {
    if (!item.id.filled()) report(item.id.pos, fmt::format("a shared {} has no id", what));
  }
}

void check_feed(const RuleContext& context, const Report& report) {
  check_list(context.catalog.oses, "os", report);
  check_list(context.catalog.os_lists, "osList", report);
  check_list(context.catalog.dependencies, "dependency", report);
}

}  // namespace zf0118

const Rule kZf0118 = {
    .info = {"ZF0118", Severity::kWarning, Effect::kIgnored, "a shared condition, list or tree has an id",
             "nothing can refer to it without one", "webpi-feed 1"},
    .feed = zf0118::check_feed};

}  // namespace zoo::catalog::rules
