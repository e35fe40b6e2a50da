// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/applicability.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace zoo::catalog {
namespace {

constexpr int kMaxReferences = 16;  ///< A reference that leads on to a reference; longer chains never match.
constexpr std::size_t kMaxShownConditions = 4;

using Parts = std::array<unsigned long, 4>;

/// The parts of one side of a range; a part that is absent takes `absent`, one that is no number spoils the condition.
bool read_parts(const OsVersion& version, unsigned long absent, Parts& parts) {
  const std::array<const Field*, 4> fields = {&version.major, &version.minor, &version.sp_major, &version.sp_minor};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string_view text = trimmed(fields[i]->text);
    parts[i] = absent;
    if (!fields[i]->present()) continue;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts[i]);
    if (error != std::errc() || end != text.data() + text.size()) return false;
  }
  return true;
}

std::string version_text(const OsVersion& version) {
  std::string text(trimmed(version.major.present() ? version.major.text : "*"));
  if (version.minor.present()) text += fmt::format(".{}", trimmed(version.minor.text));
  if (version.sp_major.present() && trimmed(version.sp_major.text) != "0")
    text += fmt::format(" SP{}", trimmed(version.sp_major.text));
  return text;
}

std::string range_text(const Os& os) {
  if (os.minimum.present() && os.maximum.present()) {
    const std::string from = version_text(os.minimum);
    const std::string to = version_text(os.maximum);
    return from == to ? fmt::format("Windows {}", from) : fmt::format("Windows {} to {}", from, to);
  }
  if (os.minimum.present()) return fmt::format("Windows {} or later", version_text(os.minimum));
  if (os.maximum.present()) return fmt::format("Windows {} or earlier", version_text(os.maximum));
  return "Windows";
}

std::string installer_name(const Product& product, const Installer& installer) {
  if (installer.id.filled()) return fmt::format("installer {}", trimmed(installer.id.text));
  return fmt::format("installer number {}", &installer - product.installers.data() + 1);
}

}  // namespace

Applicability::Applicability(const Catalog& catalog, const Machine& machine)
    : catalog_(catalog), machine_(machine), default_language_("en") {
  for (const auto& os : catalog.oses) oses_.emplace(os.id.text, &os.value);
  for (const auto& list : catalog.os_lists) os_lists_.emplace(list.id.text, &list.value);
  for (const Language& language : catalog.languages)
    if (language.is_default) default_language_ = language.id.text;
}

const Installer* Applicability::pick(const Product& product) const {
  if (product.external.present()) return nullptr;
  const Installer* in_default = nullptr;
  const Installer* neutral = nullptr;
  const std::string_view wanted = machine_.language.empty() ? default_language_ : machine_.language;
  for (const Installer& installer : product.installers) {
    if (!architecture_fits(installer) || !os_fits(product, installer)) continue;
    const std::string_view language = trimmed(installer.language.text);
    if (!language.empty() && same_id(language, wanted)) return &installer;
    if (language.empty() && neutral == nullptr) neutral = &installer;
    if (same_id(language, default_language_) && in_default == nullptr) in_default = &installer;
  }
  return in_default != nullptr ? in_default : neutral;
}

std::vector<std::string> Applicability::reasons(const Product& product) const {
  if (product.external.present()) return {"is installed by hand: the client only shows its link"};
  if (product.installers.empty()) return {"has no installer: it can only be detected"};
  std::vector<std::string> out;
  for (const Installer& installer : product.installers) {
    if (out.size() == kMaxReasons) {
      out.push_back(fmt::format("and {} more installers that do not fit", product.installers.size() - kMaxReasons));
      break;
    }
    out.push_back(fmt::format("{}: {}", installer_name(product, installer), reason(product, installer)));
  }
  return out;
}

bool Applicability::architecture_fits(const Installer& installer) const {
  return !installer.architectures.present() || installer.architectures.has(machine_.arch);
}

const OsList* Applicability::list_of(const Product& product, const Installer& installer) const {
  const OsList* list = &installer.os;
  if (!list->present() && product.has_defaults) list = &product.defaults.os;
  for (int hop = 0; hop < kMaxReferences && list->reference.present(); ++hop) {
    const auto found = os_lists_.find(list->reference.text);
    if (found == os_lists_.end()) return nullptr;
    list = found->second;
  }
  return list;
}

bool Applicability::os_fits(const Product& product, const Installer& installer) const {
  const OsList* const list = list_of(product, installer);
  if (list == nullptr) return false;
  if (!list->present()) return true;
  return std::any_of(list->items.begin(), list->items.end(), [this](const Os& os) { return condition_fits(os); });
}

const Os* Applicability::resolved(const Os& os) const {
  const Os* at = &os;
  for (int hop = 0; at->reference.present(); ++hop) {
    const auto found = oses_.find(at->reference.text);
    // A reference into another feed never matches (webpi-feed section 1, idref scope).
    if (hop == kMaxReferences || found == oses_.end()) return nullptr;
    at = found->second;
  }
  return at;
}

bool Applicability::condition_fits(const Os& os) const {
  const Os* const condition = resolved(os);
  if (condition == nullptr) return false;
  const Parts here = {machine_.os_major, machine_.os_minor, machine_.service_pack, 0};
  Parts parts{};
  if (condition->minimum.present() && (!read_parts(condition->minimum, 0, parts) || here < parts)) return false;
  constexpr unsigned long kAny = std::numeric_limits<unsigned long>::max();
  if (condition->maximum.present() && (!read_parts(condition->maximum, kAny, parts) || here > parts)) return false;
  return condition->types.empty() ||
         std::any_of(condition->types.begin(), condition->types.end(),
                     [this](const Field& type) { return os_type_matches(machine_.type, type.text); });
}

std::string Applicability::reason(const Product& product, const Installer& installer) const {
  if (!architecture_fits(installer)) {
    std::string names;
    for (const Field& name : installer.architectures.names)
      names += fmt::format("{}{}", names.empty() ? "" : " and ", name.text);
    return names.empty() ? "names no architecture" : fmt::format("is for {} only", names);
  }
  if (!os_fits(product, installer)) return os_reason(product, installer);
  return fmt::format("is for language {}", trimmed(installer.language.text));
}

std::string Applicability::os_reason(const Product& product, const Installer& installer) const {
  const OsList* const list = list_of(product, installer);
  if (list == nullptr) return "names an OS list that the feed does not define";
  if (list->items.empty()) return "has an empty OS list";
  std::string text;
  for (std::size_t i = 0; i < std::min(list->items.size(), kMaxShownConditions); ++i)
    text += (i == 0 ? "needs " : ", or ") + os_text(list->items[i]);
  if (list->items.size() > kMaxShownConditions)
    text += fmt::format(", or one of {} more", list->items.size() - kMaxShownConditions);
  return text;
}

std::string Applicability::os_text(const Os& os) const {
  const Os* const condition = resolved(os);
  if (condition == nullptr) return fmt::format("the undefined OS '{}'", os.reference.text);
  std::string types;
  for (const Field& type : condition->types) types += fmt::format("{}{}", types.empty() ? "" : ", ", type.text);
  return types.empty() ? range_text(*condition) : fmt::format("{} ({})", range_text(*condition), types);
}

}  // namespace zoo::catalog
