// SPDX-License-Identifier: Apache-2.0
#include "module/setup/target.h"

#include <functional>
#include <optional>

#include "module/setup/file_text.h"
#include "module/setup/host_config.h"
#include "module/setup/xml_scan.h"

namespace zoo::setup {
namespace {

constexpr std::string_view kConfigName = "applicationHost.config";
constexpr std::string_view kRedirectionName = "redirection.config";

using Lookup = std::function<std::string(const std::string&)>;

/// %NAME% of the environment; names that it does not have stay.
std::string expanded(const std::string& text, const Lookup& environment) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = text.find('%', at);
    const std::size_t end = begin == std::string::npos ? begin : text.find('%', begin + 1);
    if (end == std::string::npos) break;
    const std::string value = environment(text.substr(begin + 1, end - begin - 1));
    out += text.substr(at, begin - at);
    out += value.empty() ? text.substr(begin, end - begin) : value;
    at = value.empty() ? end : end + 1;
  }
  return out + text.substr(at);
}

/// The folder that <configurationRedirection> names; none when it is not switched on.
SetupResult<std::optional<std::string>> read_redirection(const std::string& bytes, const std::string& name) {
  const SetupResult<FileText> file = decode_file(bytes, name);
  if (!file) return tl::unexpected(file.error());
  const SetupResult<XmlScan> scan = scan_xml(file->text, name);
  if (!scan) return tl::unexpected(scan.error());
  const ElementId element = scan->child(0, "configurationRedirection");
  if (element == kNoElement) return std::nullopt;
  if (!equal_nocase(scan->attribute(element, "enabled").value_or("false"), "true")) return std::nullopt;
  std::string path = scan->attribute(element, "path").value_or(std::string());
  if (path.empty()) return fail(SetupExit::kFindings, name + ": the redirection is enabled, but has no path");
  return path;
}

/// Follows redirection.config of `folder`.
SetupResult<Target> make_target(FileSystem& files, const std::string& folder, std::string server,
                                const Lookup& environment) {
  Target target{std::move(server), find_file(files, folder, kConfigName), {}, false};
  const std::string redirection = find_file(files, folder, kRedirectionName);
  if (redirection.empty()) return target;
  const SetupResult<std::string> bytes = files.read(redirection);
  if (!bytes) return tl::unexpected(bytes.error());
  const SetupResult<std::optional<std::string>> path = read_redirection(*bytes, redirection);
  if (!path) return tl::unexpected(path.error());
  if (!*path) return target;
  const std::string shared = expanded(**path, environment);
  target.config_file = find_file(files, shared, kConfigName);
  target.redirected = true;
  if (!target.config_file.empty()) return target;
  return fail(SetupExit::kIo, redirection + " names the shared folder " + shared +
                                  ", but it has no applicationHost.config, or this account may not read it");
}

SetupResult<void> add_iis(FileSystem& files, const SystemFolders& folders, const Lookup& environment,
                          std::vector<Target>& targets) {
  const std::string inetsrv = join(join(folders.system, "inetsrv"), "config");
  if (find_file(files, inetsrv, kConfigName).empty() && find_file(files, inetsrv, kRedirectionName).empty()) return {};
  SetupResult<Target> target = make_target(files, inetsrv, "IIS", environment);
  if (!target) return tl::unexpected(target.error());
  if (target->config_file.empty()) return {};
  target->schema_folders.push_back(join(inetsrv, "schema"));
  // 32-bit management programs read the copy in their own System32.
  if (!folders.system_32.empty()) {
    const std::string schema = join(join(join(folders.system_32, "inetsrv"), "config"), "schema");
    if (files.exists(schema)) target->schema_folders.push_back(schema);
  }
  targets.push_back(std::move(*target));
  return {};
}

void add_express_templates(FileSystem& files, const SystemFolders& folders, std::vector<Target>& targets) {
  for (const std::string& program_files : folders.program_files) {
    const std::string config = join(join(program_files, "IIS Express"), "config");
    const std::string folder = join(join(config, "templates"), "PersonalWebServer");
    const std::string file = find_file(files, folder, kConfigName);
    if (!file.empty()) targets.push_back({"IIS Express", file, {join(config, "schema")}, false});
  }
}

void add_express_user(FileSystem& files, const SystemFolders& folders, std::vector<Target>& targets) {
  if (folders.documents.empty()) return;
  const std::string folder = join(join(folders.documents, "IISExpress"), "config");
  const std::string file = find_file(files, folder, kConfigName);
  // The schema belongs to the machine.
  if (!file.empty()) targets.push_back({"IIS Express", file, {}, false});
}

}  // namespace

SetupResult<std::vector<Target>> find_targets(FileSystem& files, const SystemFolders& folders, TargetChoice choice,
                                              const Machine& machine) {
  std::vector<Target> targets;
  if (choice == TargetChoice::kMachine) {
    const Lookup environment = [&](const std::string& name) { return machine.environment(name); };
    SetupResult<void> done = add_iis(files, folders, environment, targets);
    if (!done) return tl::unexpected(done.error());
  }
  if (choice != TargetChoice::kUser) add_express_templates(files, folders, targets);
  if (choice != TargetChoice::kMachine) add_express_user(files, folders, targets);
  return targets;
}

SetupResult<Target> folder_target(FileSystem& files, const std::string& folder, bool express) {
  const Lookup nothing = [](const std::string&) { return std::string(); };
  SetupResult<Target> target = make_target(files, folder, express ? "IIS Express" : "IIS", nothing);
  if (!target) return target;
  if (target->config_file.empty()) return fail(SetupExit::kIo, folder + " has no applicationHost.config");
  target->schema_folders.push_back(join(folder, "schema"));
  return target;
}

}  // namespace zoo::setup
