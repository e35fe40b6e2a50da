// SPDX-License-Identifier: Apache-2.0
#include "module/setup/report_text.h"

#include <nlohmann/json.hpp>

namespace zoo::setup {
namespace {

using Json = nlohmann::ordered_json;

const char* state_text(SchemaState state) {
  switch (state) {
    case SchemaState::kMissing:
      return "missing";
    case SchemaState::kCurrent:
      return "current";
    case SchemaState::kOutdated:
      break;
  }
  return "of another version";
}

const char* command_text(Command command) {
  switch (command) {
    case Command::kInstall:
      return "install";
    case Command::kUninstall:
      return "uninstall";
    case Command::kEngines:
      return "engines";
    case Command::kStatus:
      break;
  }
  return "status";
}

std::string list_text(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return out.empty() ? "none" : out;
}

std::string yes_no(bool value) {
  return value ? "yes" : "no";
}

std::string status_text(const TargetReport& report) {
  const HostStatus& status = report.status;
  std::string out = "  registered: " + yes_no(report.registered) + "\n  encoding: " + report.encoding + "\n";
  if (report.target.redirected) out += "  shared configuration: yes\n";
  out += "  sections: heliconZooServer " + yes_no(status.server_section) + ", heliconZoo " +
         yes_no(status.application_section) + "\n";
  for (const RegisteredModule& module : status.modules) {
    out +=
        "  module " + module.name + " (" + (module.enabled ? "enabled" : "not enabled") + "): " + module.image + "\n";
  }
  for (const auto& [folder, state] : report.schemas) out += "  schema in " + folder + ": " + state_text(state) + "\n";
  if (!status.other_modules.empty()) out += "  other versions: " + list_text(status.other_modules) + "\n";
  return out + "  engines: " + list_text(status.engines) + "\n  user engines: " + list_text(status.user_engines) +
         "\n  handlers that name the module: " + std::to_string(status.handlers) + "\n";
}

std::string interpreter_text(const Interpreter& interpreter) {
  return std::string(language_name(interpreter.language)) + " " + std::to_string(interpreter.major) + "." +
         std::to_string(interpreter.minor);
}

std::string target_text(const TargetReport& report, const SetupOptions& options) {
  std::string out = report.target.server + ": " + report.target.config_file + "\n";
  if (!report.error.empty()) return out;
  if (options.command == Command::kStatus) return out + status_text(report);
  if (report.changes.empty()) out += "  nothing to do\n";
  for (const std::string& change : report.changes)
    out += std::string(options.dry_run ? "  would: " : "  ") + change + "\n";
  if (!report.backup.empty()) out += "  the file as it was: " + report.backup + "\n";
  return out + report.diff;
}

Json module_json(const RegisteredModule& module) {
  return {{"name", module.name},
          {"image", module.image},
          {"preCondition", module.pre_condition},
          {"enabled", module.enabled}};
}

Json target_json(const TargetReport& report, const SetupOptions& options) {
  Json json = {{"server", report.target.server}, {"config", report.target.config_file}};
  json["shared"] = report.target.redirected;
  if (!report.error.empty()) json["error"] = report.error;
  if (!report.error.empty()) return json;
  json["encoding"] = report.encoding;
  if (options.command != Command::kStatus) {
    json["changes"] = report.changes;
    json["warnings"] = report.warnings;
    json["backup"] = report.backup.empty() ? Json() : Json(report.backup);
    if (options.dry_run) json["diff"] = report.diff;
    return json;
  }
  json["registered"] = report.registered;
  json["sections"] = {{"heliconZooServer", report.status.server_section},
                      {"heliconZoo", report.status.application_section}};
  json["modules"] = Json::array();
  for (const RegisteredModule& module : report.status.modules) json["modules"].push_back(module_json(module));
  json["otherModules"] = report.status.other_modules;
  json["schemas"] = Json::array();
  for (const auto& [folder, state] : report.schemas) {
    json["schemas"].push_back({{"folder", folder}, {"state", state_text(state)}});
  }
  json["engines"] = report.status.engines;
  json["userEngines"] = report.status.user_engines;
  json["handlers"] = report.status.handlers;
  return json;
}

}  // namespace

ReportText to_text(const SetupReport& report, const SetupOptions& options) {
  ReportText text;
  for (const TargetReport& target : report.targets) {
    if (!report.error.empty()) break;  // The run did not come to them.
    text.out += target_text(target, options);
    for (const std::string& warning : target.warnings) {
      text.error += "zoosetup: " + target.target.config_file + ": warning: " + warning + "\n";
    }
    if (!target.error.empty()) text.error += "zoosetup: " + target.error + "\n";
  }
  if (report.targets.empty() && report.error.empty()) text.out += "no server to work on was found\n";
  for (const Interpreter& interpreter : report.interpreters) {
    text.out += "found " + interpreter_text(interpreter) + " in " + interpreter.folder +
                (interpreter.usable() ? "\n" : ": too old for the workers, no engine\n");
  }
  if (!report.error.empty()) text.error += "zoosetup: " + report.error + "\n";
  return text;
}

std::string to_json(const SetupReport& report, const SetupOptions& options) {
  Json json = {{"schema", 1}, {"command", command_text(options.command)}, {"dryRun", options.dry_run}};
  json["exit"] = static_cast<int>(report.exit);
  if (!report.error.empty()) json["error"] = report.error;
  json["interpreters"] = Json::array();
  for (const Interpreter& interpreter : report.interpreters) {
    json["interpreters"].push_back(
        {{"name", interpreter_text(interpreter)}, {"folder", interpreter.folder}, {"usable", interpreter.usable()}});
  }
  json["targets"] = Json::array();
  for (const TargetReport& target : report.targets) json["targets"].push_back(target_json(target, options));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace zoo::setup
