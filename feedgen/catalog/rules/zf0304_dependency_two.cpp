// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0304 {

void check_dependency(const RuleContext& /*context*/, const Product* product, const Dependency& dependency,
                      const Report& report) {
  if ((dependency.kind != Dependency::Kind::kAnd && dependency.kind != Dependency::Kind::kOr) ||
      dependency.children.size() >= 2)
    return;
  report(dependency.id.pos,
         fmt::format("\"{}\" has {} of the two or more dependency elements that it needs",
                     dependency.kind == Dependency::Kind::kAnd ? "and" : "or", dependency.children.size()),
         product == nullptr ? std::string_view() : product->id.text);
}

}  // namespace zf0304

const Rule kZf0304 = {
    .info = {"ZF0304", Severity::kError, Effect::kRejects, "and/or of a dependency have two or more members",
             "write a single dependency without and/or around it", "webpi-feed 3 [C]"},
    .dependency = zf0304::check_dependency};

}  // namespace zoo::catalog::rules
