// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0508 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const std::string_view url = trimmed(installer.file.url.text);
  const std::size_t colon = url.find(':');
  if (!may_be_absolute_uri(url) || colon == std::string_view::npos || colon == 1) return;
  const std::string_view scheme = url.substr(0, colon);
  if (same_id(scheme, "http") || same_id(scheme, "https") || same_id(scheme, "file") || url.front() == '\\' ||
      url.front() == '/')
    return;
  report(installer.file.url.pos, fmt::format("the client does not download by {}", quoted(scheme)), product.id.text);
}

}  // namespace zf0508

const Rule kZf0508 = {
    .info = {"ZF0508", Severity::kWarning, Effect::kFails, "the client downloads by http, https and file",
             "offer the file by http or https", "webpi-feed 4"},
    .installer = zf0508::check_installer};

}  // namespace zoo::catalog::rules
