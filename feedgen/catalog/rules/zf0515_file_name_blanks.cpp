// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0515 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const std::string_view name = file_name_of(installer.file.url.text);
  if (name.find(' ') == std::string_view::npos && name.find("%20") == std::string_view::npos) return;
  report(installer.file.url.pos, fmt::format("the file name {} has blanks", quoted(name)), product.id.text);
}

}  // namespace zf0515

const Rule kZf0515 = {
    .info = {"ZF0515", Severity::kNote, Effect::kNone, "file names without blanks survive offline caches",
             "rename the file: a cache of /Offline that is served over http cannot deliver names with blanks",
             "webpi-client, caches"},
    .installer = zf0515::check_installer};

}  // namespace zoo::catalog::rules
