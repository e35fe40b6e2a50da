// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0516 {

constexpr std::string_view kSha1OfNothing = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

/// Digits that only rise, or ten or less that come again and again: what people type. No real digest looks so.
bool is_typed(std::string_view sha1) {
  constexpr std::size_t kLongest = 10;
  if (std::is_sorted(sha1.begin(), sha1.end())) return true;
  for (std::size_t period = 1; period <= kLongest; ++period) {
    if (sha1.substr(period) == sha1.substr(0, sha1.size() - period)) return true;
  }
  return false;
}

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const std::string_view sha1 = trimmed(installer.file.sha1.text);
  if (!is_hex(sha1, 40)) return;
  if (same_id(sha1, kSha1OfNothing)) {
    report(installer.file.sha1.pos, "sha1 is that of an empty file", product.id.text);
  } else if (sha1.find_first_not_of(sha1.front()) == std::string_view::npos) {
    report(installer.file.sha1.pos, "sha1 is one digit repeated", product.id.text);
  } else if (is_typed(sha1)) {
    report(installer.file.sha1.pos, "sha1 is a placeholder that somebody has typed", product.id.text);
  }
}

}  // namespace zf0516

const Rule kZf0516 = {.info = {"ZF0516", Severity::kWarning, Effect::kFails, "sha1 is that of the file",
                               "write the SHA-1 of the real file", "practice"},
                      .installer = zf0516::check_installer};

}  // namespace zoo::catalog::rules
