// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0510 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const InstallerFile& file = installer.file;
  if (!file.present() || !trimmed(file.sha1.text).empty()) return;
  const std::string_view url = trimmed(file.url.text).empty() ? file.relative_url.text : file.url.text;
  if (trimmed(url).empty()) return;
  constexpr std::array<std::string_view, 9> kUnsigned = {".zip", ".7z",  ".rar", ".gz", ".tgz",
                                                         ".tar", ".gem", ".whl", ".jar"};
  const std::string extension = extension_of(url);
  if (!installer.ms_deploy.present() && std::find(kUnsigned.begin(), kUnsigned.end(), extension) == kUnsigned.end())
    return;
  report(file.pos, fmt::format("{} has no sha1 and cannot carry an Authenticode signature", quoted(file_name_of(url))),
         product.id.text);
}

}  // namespace zf0510

const Rule kZf0510 = {.info = {"ZF0510", Severity::kError, Effect::kFails, "a file that cannot be signed has a sha1",
                               "add <sha1>: without it the client wants an Authenticode signature, which a zip has not",
                               "webpi-feed 4 [C]"},
                      .installer = zf0510::check_installer};

}  // namespace zoo::catalog::rules
