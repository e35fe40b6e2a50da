// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0217 {

bool has_markup(std::string_view text) {
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    for (const std::string_view tag :
         {"p>", "br>", "br/>", "br />", "b>", "i>", "a href", "ul>", "li>", "strong>", "em>", "/p>"}) {
      if (starts_with_folded(text.substr(at + 1), tag)) return true;
    }
  }
  if (text.find('&') == std::string_view::npos) return false;
  return contains_folded(text, "&nbsp;") || contains_folded(text, "&amp;") || contains_folded(text, "&lt;");
}

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  for (const LocalText* text : {&product.summary, &product.description}) {
    if (has_markup(text->text))
      report(text->pos, fmt::format("the summary of {} holds markup", quoted(product.id.text)), product.id.text);
  }
}

}  // namespace zf0217

const Rule kZf0217 = {.info = {"ZF0217", Severity::kNote, Effect::kIgnored, "summaries are plain text",
                               "the client shows tags and entities as they are written", "webpi-feed 2"},
                      .product = zf0217::check_product};

}  // namespace zoo::catalog::rules
