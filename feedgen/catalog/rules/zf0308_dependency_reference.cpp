// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0308 {

void check_dependency(const RuleContext& context, const Product* product, const Dependency& dependency,
                      const Report& report) {
  if (dependency.kind != Dependency::Kind::kReference || context.lookup->graph().shared(dependency.id.text) != nullptr)
    return;
  report(dependency.id.pos, fmt::format("this feed defines no dependency {}", quoted(dependency.id.text)),
         product == nullptr ? std::string_view() : product->id.text);
}

}  // namespace zf0308

const Rule kZf0308 = {
    .info = {"ZF0308", Severity::kError, Effect::kRejects,
             "the idref of a dependency names a shared dependency of the same feed",
             "define it in this feed's dependencies: those of other feeds are out of reach", "webpi-feed 1 [C]"},
    .dependency = zf0308::check_dependency};

}  // namespace zoo::catalog::rules
