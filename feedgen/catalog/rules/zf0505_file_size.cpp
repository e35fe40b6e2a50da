// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0505 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const Field& size = installer.file.size;
  if (trimmed(size.text).empty() || to_int32(size.text)) return;
  report(size.pos, fmt::format("fileSize {} is no 32-bit integer", quoted(size.text)), product.id.text);
}

}  // namespace zf0505

const Rule kZf0505 = {
    .info = {"ZF0505", Severity::kError, Effect::kRejects, "fileSize is a 32-bit integer",
             "write the size in KiB (1024 bytes), rounded up, without a decimal point", "webpi-feed 4 [C]"},
    .installer = zf0505::check_installer};

}  // namespace zoo::catalog::rules
