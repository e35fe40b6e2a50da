// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cctype>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0717 {

/// With a drive, on a server, or below what an environment variable names.
bool is_whole_path(std::string_view path) {
  if (path.front() == '%' || path.front() == '\\' || path.front() == '/') return true;
  return path.size() >= 2 && std::isalpha(static_cast<unsigned char>(path[0])) != 0 && path[1] == ':';
}

void check_hint(const RuleContext& /*context*/, const Product* product, const DiscoveryHint& hint,
                const Report& report) {
  if (hint.kind != DiscoveryHint::Kind::kFile) return;
  const std::string_view path = trimmed(hint.subject.text);
  if (path.empty() || is_whole_path(path)) return;
  report(hint.subject.pos, fmt::format("{} is no whole path: no installation makes the hint true", quoted(path)),
         product == nullptr ? std::string_view() : product->id.text);
}

}  // namespace zf0717

const Rule kZf0717 = {
    .info = {"ZF0717", Severity::kWarning, Effect::kFails, "the filePath of a hint is a whole path",
             "begin it with a drive or an environment variable: %ProgramFiles%\\Name\\name.exe", "webpi-feed 5"},
    .hint = zf0717::check_hint};

}  // namespace zoo::catalog::rules
