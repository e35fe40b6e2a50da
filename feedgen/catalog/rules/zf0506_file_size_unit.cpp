// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdint>
#include <optional>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0506 {

constexpr std::int32_t kGib = 1 << 20;  // in KiB

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const std::optional<std::int32_t> size = to_int32(installer.file.size.text);
  if (!size) return;
  // No web application is that large; installers are, up to a DVD.
  const std::int32_t bound = installer.ms_deploy.present() ? kGib / 4 : 4 * kGib;
  if (*size > bound) {
    report(installer.file.size.pos,
           fmt::format("fileSize {} means {:.1f} GiB", *size, static_cast<double>(*size) / kGib), product.id.text);
  } else if (*size > 2 * kGib) {
    report(Severity::kNote, installer.file.size.pos,
           fmt::format("fileSize {} means {:.1f} GiB", *size, static_cast<double>(*size) / kGib), product.id.text);
  }
}

}  // namespace zf0506

const Rule kZf0506 = {.info = {"ZF0506", Severity::kWarning, Effect::kNone, "fileSize counts KiB",
                               "write the size in KiB (1024 bytes): the value looks like bytes", "webpi-feed 4"},
                      .installer = zf0506::check_installer};

}  // namespace zoo::catalog::rules
