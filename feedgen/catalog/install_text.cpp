// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/install_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace zoo::catalog {
namespace {

constexpr int kMaxReferences = 16;

void append(std::string& out, std::string_view label, const Field& field) {
  if (field.present()) out += fmt::format(" {}={}", label, trimmed(field.text));
}

std::string mapping_text(const ReturnCode& mapping) {
  return fmt::format(" {}:{}", trimmed(mapping.code.text), trimmed(mapping.outcome.text));
}

std::string command_text(const Command& command) {
  std::string out = folded(command.kind.text);
  append(out, "exe", command.exe);
  append(out, "arguments", command.arguments);
  append(out, "offline", command.offline_arguments);
  append(out, "package", command.package);
  append(out, "properties", command.properties);
  append(out, "to", command.target_directory);
  if (command.ignore_exit_code.present()) out += " ignores exit code";
  for (const Field& variable : command.environment) out += fmt::format(" set {}", trimmed(variable.text));
  for (const ReturnCode& mapping : command.return_codes) out += mapping_text(mapping);
  return out;
}

std::string deploy_text(const MsDeploy& deploy) {
  std::string out = fmt::format("Web Deploy {}", trimmed(deploy.start_page.text));
  for (const auto* const list : {&deploy.parameters, &deploy.others})
    for (const MsDeploy::Parameter& parameter : *list)
      out += fmt::format(" {}={}", trimmed(parameter.name.text), trimmed(parameter.value.text));
  return out;
}

std::string version_text(const OsVersion& version) {
  std::string out;
  for (const Field* const part : {&version.major, &version.minor, &version.sp_major, &version.sp_minor})
    out += fmt::format("{}{}", out.empty() ? "" : ".", part->present() ? trimmed(part->text) : "*");
  while (out.size() > 2 && out.compare(out.size() - 2, 2, ".*") == 0) out.resize(out.size() - 2);
  return out;
}

}  // namespace

InstallText::InstallText(const Catalog& catalog) {
  for (const auto& os : catalog.oses) oses_.emplace(os.id.text, &os.value);
  for (const auto& list : catalog.os_lists) os_lists_.emplace(list.id.text, &list.value);
}

std::string InstallText::architectures(const Installer& installer) {
  if (!installer.architectures.present()) return "x86 x64";
  std::vector<std::string_view> names;
  for (const Field& name : installer.architectures.names) names.push_back(name.text);
  std::sort(names.begin(), names.end());
  std::reverse(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, " "));
}

std::string InstallText::commands(const Installer& installer) {
  if (installer.ms_deploy.present()) return deploy_text(installer.ms_deploy);
  if (installer.iis.present())
    return fmt::format("Windows feature {} {} {}", trimmed(installer.iis.iis70.text), trimmed(installer.iis.iis60.text),
                       trimmed(installer.iis.iis51.text));
  std::string out;
  for (const Command& command : installer.commands) out += (out.empty() ? "" : "; ") + command_text(command);
  return out;
}

std::string InstallText::windows(const Product& product, const Installer& installer) const {
  const OsList* list = &installer.os;
  if (!list->present() && product.has_defaults) list = &product.defaults.os;
  for (int hop = 0; hop < kMaxReferences && list->reference.present(); ++hop) {
    const auto found = os_lists_.find(list->reference.text);
    if (found == os_lists_.end()) return fmt::format("@{}", list->reference.text);
    list = found->second;
  }
  if (!list->present() && list->items.empty()) return "any";
  std::string out;
  for (const Os& os : list->items) out += (out.empty() ? "" : " or ") + condition(os);
  return out.empty() ? "none" : out;
}

std::string InstallText::condition(const Os& written) const {
  const Os* os = &written;
  for (int hop = 0; hop < kMaxReferences && os->reference.present(); ++hop) {
    const auto found = oses_.find(os->reference.text);
    if (found == oses_.end()) return fmt::format("@{}", os->reference.text);
    os = found->second;
  }
  std::string out = os->minimum.present() ? version_text(os->minimum) : "";
  if (os->maximum.present()) out += fmt::format("{}to {}", out.empty() ? "" : " ", version_text(os->maximum));
  if (os->minimum.present() && !os->maximum.present()) out += " or later";
  for (const Field& type : os->types) out += fmt::format("{}{}", out.empty() ? "" : " ", type.text);
  return out.empty() ? "any" : out;
}

std::string InstallText::summary(const Product& product, const Installer& installer) const {
  const InstallerFile& file = installer.file;
  const Field& source = file.url.filled() ? file.url : file.relative_url.filled() ? file.relative_url : file.artifact;
  const std::string on = windows(product, installer);
  return fmt::format("{}{}{}{}", architectures(installer), on == "any" ? "" : ", Windows " + on,
                     source.filled() ? ", " : "", trimmed(source.text));
}

}  // namespace zoo::catalog
