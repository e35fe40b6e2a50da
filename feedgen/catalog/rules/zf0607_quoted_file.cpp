// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {
namespace zf0607 {

/// True when a use of %InstallerFile% stands neither between double quotes nor right after a single one.
bool has_bare_use(std::string_view text) {
  constexpr std::string_view kVariable = "%installerfile%";
  if (text.find('%') == std::string_view::npos) return false;
  const std::string lower = folded(text);
  for (std::size_t at = lower.find(kVariable); at != std::string::npos; at = lower.find(kVariable, at + 1)) {
    const auto quotes = std::count(lower.begin(), lower.begin() + static_cast<std::ptrdiff_t>(at), '"');
    if (quotes % 2 == 0 && (at == 0 || lower[at - 1] != '\'')) return true;
  }
  return false;
}

void check_command(const RuleContext& /*context*/, const Product& product, const Command& command,
                   const Report& report) {
  if (has_bare_use(command.arguments.text))
    report(command.arguments.pos, "%InstallerFile% is not in quotes", product.id.text);
}

}  // namespace zf0607

const Rule kZf0607 = {.info = {"ZF0607", Severity::kWarning, Effect::kFails, "%InstallerFile% stands in quotes",
                               R"(write "%InstallerFile%": the path holds blanks (Microsoft\Web Platform Installer))",
                               "webpi-feed 4 [R], webpi-client"},
                      .command = zf0607::check_command};

}  // namespace zoo::catalog::rules
