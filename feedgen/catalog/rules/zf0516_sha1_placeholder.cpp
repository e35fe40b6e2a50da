// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0516 {

constexpr std::string_view kSha1OfNothing = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

void check_installer(const RuleContext& /*context*/, const Product& product, const Installer& installer,
                     const Report& report) {
  const std::string_view sha1 = trimmed(installer.file.sha1.text);
  if (!is_hex(sha1, 40)) return;
  if (same_id(sha1, kSha1OfNothing)) {
    report(installer.file.sha1.pos, "sha1 is that of an empty file", product.id.text);
  } else if (sha1.find_first_not_of(sha1.front()) == std::string_view::npos) {
    report(installer.file.sha1.pos, "sha1 is one digit repeated", product.id.text);
  }
}

}  // namespace zf0516

const Rule kZf0516 = {.info = {"ZF0516", Severity::kWarning, Effect::kFails, "sha1 is that of the file",
                               "write the SHA-1 of the real file", "practice"},
                      .installer = zf0516::check_installer};

}  // namespace zoo::catalog::rules
