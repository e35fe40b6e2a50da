// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string>
#include <string_view>
#include <unordered_set>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0213 {

void check_feed(const RuleContext& context, const Report& report) {
  std::unordered_set<std::string_view> seen;
  std::string list;
  SourcePos first;
  for (const Product& product : context.catalog.products) {
    for (const Field& keyword : product.keywords) {
      if (context.lookup->has_keyword(keyword.text) || !seen.insert(keyword.text).second) continue;
      if (!first.known()) first = keyword.pos;
      if (seen.size() <= 20) list += (list.empty() ? "" : ", ") + quoted(keyword.text);
    }
  }
  if (seen.size() > 20) list += fmt::format(" and {} more", seen.size() - 20);
  if (first.known()) report(first, "keywords that this feed does not define: " + list);
}

}  // namespace zf0213

const Rule kZf0213 = {
    .info = {"ZF0213", Severity::kNote, Effect::kIgnored, "a keyword that no feed defines is dropped",
             "define it in the feed's keywords, unless a feed loaded before does", "webpi-feed 2 [C]"},
    .feed = zf0213::check_feed};

}  // namespace zoo::catalog::rules
