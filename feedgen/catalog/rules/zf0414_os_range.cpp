// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0414 {

/// Major and minor; a missing part is 0.
std::optional<std::pair<std::int32_t, std::int32_t>> number_of(const OsVersion& version) {
  const std::optional<std::int32_t> major = to_int32(version.major.text);
  const std::optional<std::int32_t> minor = version.minor.filled() ? to_int32(version.minor.text) : 0;
  if (!major || !minor) return std::nullopt;
  return std::pair(*major, *minor);
}

void check_os(const Os& os, std::string_view product_id, const Report& report) {
  const auto minimum = number_of(os.minimum);
  if (!minimum) return;
  const auto maximum = number_of(os.maximum);
  // A maximum without minor version may be meant for all of them.
  const bool inverted = maximum && (os.maximum.minor.filled() ? *minimum > *maximum : minimum->first > maximum->first);
  if (*minimum > std::pair(10, 0)) {
    report(os.minimum.pos, fmt::format("no Windows is version {}.{} or later", minimum->first, minimum->second),
           product_id);
  } else if (inverted) {
    report(os.minimum.pos,
           fmt::format("no Windows is version {}.{} or later and {}.{} or earlier", minimum->first, minimum->second,
                       maximum->first, maximum->second),
           product_id);
  }
}

void check_feed(const RuleContext& context, const Report& report) {
  for (const Shared<Os>& shared : context.catalog.oses) check_os(shared.value, {}, report);
  for (const Shared<OsList>& shared : context.catalog.os_lists) {
    for (const Os& os : shared.value.items) check_os(os, {}, report);
  }
}

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  for (const Os& os : installer.os.items) check_os(os, product.id.text, report);
}

}  // namespace zf0414

const Rule kZf0414 = {
    .info = {"ZF0414", Severity::kWarning, Effect::kHides, "a range of Windows versions holds one",
             "the newest Windows is version 10.0, Windows 11 too; the minimum is not above the maximum",
             "webpi-feed 4"},
    .feed = zf0414::check_feed,
    .installer = zf0414::check_installer};

}  // namespace zoo::catalog::rules
