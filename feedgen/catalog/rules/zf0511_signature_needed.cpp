// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0511 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const InstallerFile& file = installer.file;
  if (!file.present() || !trimmed(file.sha1.text).empty() || installer.ms_deploy.present()) return;
  const std::string_view url = trimmed(file.url.text).empty() ? file.relative_url.text : file.url.text;
  const std::string extension = extension_of(url);
  if (trimmed(url).empty() || extension == ".zip" || extension == ".7z" || extension == ".rar" || extension == ".gz" ||
      extension == ".tgz" || extension == ".tar" || extension == ".gem" || extension == ".whl" || extension == ".jar")
    return;
  report(file.pos,
         fmt::format("{} has no sha1: it installs only with a valid Authenticode signature", quoted(file_name_of(url))),
         product.id.text);
}

}  // namespace zf0511

const Rule kZf0511 = {
    .info = {"ZF0511", Severity::kNote, Effect::kFails, "a file without sha1 carries a valid Authenticode signature",
             "add <sha1> unless the file is signed; an unsigned one always fails", "webpi-feed 4 [C]"},
    .installer = zf0511::check_installer};

}  // namespace zoo::catalog::rules
