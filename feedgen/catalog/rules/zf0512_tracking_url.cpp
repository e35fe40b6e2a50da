// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0512 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const Field& url = installer.file.tracking_url;
  if (trimmed(url.text).empty() || may_be_absolute_uri(url.text)) return;
  report(url.pos, fmt::format("trackingURL {} is not absolute", quoted(url.text)), product.id.text);
}

}  // namespace zf0512

const Rule kZf0512 = {.info = {"ZF0512", Severity::kError, Effect::kRejects, "trackingURL is absolute or empty",
                               "write the whole address or leave the element empty", "webpi-feed 4"},
                      .installer = zf0512::check_installer};

}  // namespace zoo::catalog::rules
