// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0205 {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  const std::string_view id = trimmed(product.id.text);
  const auto odd = std::find_if_not(id.begin(), id.end(), is_plain);
  if (odd == id.end()) return;
  // A blank or what Windows has in no file name breaks the caches; other letters are only unwise.
  const bool breaks =
      static_cast<unsigned char>(*odd) <= 0x20U || std::string_view("<>:\"/\\|?*").find(*odd) != std::string_view::npos;
  report(breaks ? Severity::kWarning : Severity::kNote, product.id.pos,
         fmt::format("productId {} holds characters other than letters, digits, '.', '_' and '-'", quoted(id)),
         product.id.text);
}

}  // namespace zf0205

const Rule kZf0205 = {
    .info = {"ZF0205", Severity::kWarning, Effect::kFails, "a productId holds letters, digits, '.', '_' and '-'",
             "it names a folder of the client's caches", "webpi-feed 2"},
    .product = zf0205::check_product};

}  // namespace zoo::catalog::rules
