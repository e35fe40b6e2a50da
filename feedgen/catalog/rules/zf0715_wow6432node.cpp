// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "feedgen/catalog/rules/rules.h"
#include "feedgen/catalog/rules/values.h"

namespace zoo::catalog::rules {
namespace zf0715 {

struct Keys {
  const DiscoveryHint* software = nullptr;
  bool has_other = false;  ///< A hint that is no key of SOFTWARE, or one of Wow6432Node.
};

void collect(const DiscoveryHint& hint, Keys& keys) {
  if (hint.kind == DiscoveryHint::Kind::kRegistry) {
    const bool plain = starts_with_folded(trimmed(hint.subject.text), "HKEY_LOCAL_MACHINE\\SOFTWARE\\") &&
                       !contains_folded(hint.subject.text, "Wow6432Node") &&
                       !contains_folded(hint.subject.text, "SOFTWARE\\Microsoft\\");
    if (plain && keys.software == nullptr) keys.software = &hint;
    if (!plain) keys.has_other = true;
  } else if (hint.children.empty()) {
    keys.has_other = true;
  }
  for (const DiscoveryHint& child : hint.children) collect(child, keys);
}

/// One file for both architectures is 32-bit software, most likely.
bool is_for_both(const Installer& installer) {
  return installer.architectures.has("x86") && installer.architectures.has("x64") && installer.file.present() &&
         !installer.ms_deploy.present();
}

void check_product(const RuleContext& /*context*/, const Product& product, const Report& report) {
  if (!product.discovery.present() || std::none_of(product.installers.begin(), product.installers.end(), is_for_both))
    return;
  Keys keys;
  collect(product.discovery, keys);
  if (keys.software == nullptr || keys.has_other) return;
  report(keys.software->subject.pos,
         fmt::format("{} has one installer for x86 and x64, but no hint on Wow6432Node", quoted(product.id.text)),
         product.id.text);
}

}  // namespace zf0715

const Rule kZf0715 = {
    .info = {"ZF0715", Severity::kNote, Effect::kFails, "a hint on a 32-bit key of 64-bit Windows names Wow6432Node",
             "add a second hint with HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\..., joined by or, if the software "
             "writes its keys as 32-bit program",
             "webpi-feed 5 [R]"},
    .product = zf0715::check_product};

}  // namespace zoo::catalog::rules
