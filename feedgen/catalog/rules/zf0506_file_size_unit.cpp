// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0506 {

constexpr std::int32_t kMib = 1 << 10;  // in KiB

/// What such a file has at most, with room: a web application, a disk image, an installer (an MSI holds 2 GiB).
std::int32_t plausible_size(const Installer& installer) {
  if (installer.ms_deploy.present()) return 512 * kMib;
  const std::string extension = extension_of(installer.file.url.text);
  return extension == ".iso" || extension == ".img" ? 16 * 1024 * kMib : 1536 * kMib;
}

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const std::optional<std::int32_t> size = to_int32(installer.file.size.text);
  if (!size || *size <= plausible_size(installer)) return;
  report(installer.file.size.pos, fmt::format("fileSize {} means {} MiB", *size, *size / kMib), product.id.text);
}

}  // namespace zf0506

const Rule kZf0506 = {.info = {"ZF0506", Severity::kWarning, Effect::kNone, "fileSize counts KiB",
                               "write the size in KiB (1024 bytes): the value looks like bytes", "webpi-feed 4"},
                      .installer = zf0506::check_installer};

}  // namespace zoo::catalog::rules
