// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0509 {

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const std::string_view sha1 = trimmed(installer.file.sha1.text);
  if (sha1.empty() || is_hex(sha1, 40)) return;
  report(installer.file.sha1.pos, fmt::format("sha1 {} is not 40 hexadecimal digits", quoted(sha1)), product.id.text);
}

}  // namespace zf0509

const Rule kZf0509 = {
    .info = {"ZF0509", Severity::kError, Effect::kFails, "sha1 is 40 hexadecimal digits",
             "write the SHA-1 of the file: the client compares it and refuses any other file", "webpi-feed 4 [C]"},
    .installer = zf0509::check_installer};

}  // namespace zoo::catalog::rules
