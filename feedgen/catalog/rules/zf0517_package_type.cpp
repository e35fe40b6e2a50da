// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0517 {

/// Types that no Web Deploy package has. Many addresses tell no type at all, so others are let be.
bool is_other_type(std::string_view extension) {
  constexpr std::array<std::string_view, 18> kTypes = {".msi", ".exe", ".msu", ".msp", ".cab", ".py",
                                                       ".ps1", ".cmd", ".bat", ".vbs", ".7z",  ".rar",
                                                       ".tar", ".gz",  ".tgz", ".whl", ".gem", ".jar"};
  return std::find(kTypes.begin(), kTypes.end(), extension) != kTypes.end();
}

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  // With installCommands the file is theirs: ZF0419 says that both are there.
  if (!installer.ms_deploy.present() || !installer.commands.empty()) return;
  const Field& address = installer.file.url.filled() ? installer.file.url : installer.file.relative_url;
  if (!is_other_type(extension_of(address.text))) return;
  report(address.pos, fmt::format("{} is no Web Deploy package", quoted(file_name_of(address.text))), product.id.text);
}

}  // namespace zf0517

const Rule kZf0517 = {
    .info = {"ZF0517", Severity::kWarning, Effect::kFails, "the file of an msDeploy installer is a Web Deploy package",
             "point to the zip that Web Deploy has made, or install the file by installCommands instead of msDeploy",
             "webpi-feed 4 [R]"},
    .installer = zf0517::check_installer};

}  // namespace zoo::catalog::rules
