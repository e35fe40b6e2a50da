// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "feedgen/feed/webpi_parts.h"

namespace zoo::feed::webpi {
namespace {

using catalog::Command;
using catalog::Field;
using catalog::Installer;

/// The client compares the names of commands, and only those, without case (webpi-feed 4).
Name command_name(std::string_view written) {
  for (const Name name : {Name::kCmdLine, Name::kMsiInstall, Name::kMsuInstall, Name::kUnzip}) {
    if (catalog::same_id(text_of(name), written)) return name;
  }
  return Name::kUnknown;
}

bool is_outcome(Name name) {
  return name == Name::kSuccess || name == Name::kSuccessRebootRequired || name == Name::kFailure ||
         name == Name::kFailureRebootRequired || name == Name::kNone;
}

void read_outcome(Reader& reader, const Element& element, catalog::ReturnCode& out) {
  if (out.outcomes++ > 0) return;
  out.outcome = {reader.x.local_name(element.node), reader.x.pos(element)};
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kDetailedInformation) out.detail = reader.local(child);
  });
}

catalog::ReturnCode read_mapping(Reader& reader, const Element& element) {
  catalog::ReturnCode out;
  out.pos = reader.x.pos(element);
  out.outcomes = 0;
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kReturnCode) {
      out.code = reader.x.field(child);
    } else if (is_outcome(name)) {
      read_outcome(reader, child, out);
    } else if (!out.outcome.present()) {
      out.outcome = {child.node.name(), reader.x.pos(child)};
    }
  });
  return out;
}

void read_mappings(Reader& reader, const Element& element, Command& out) {
  out.has_mappings = true;
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kMapping) out.return_codes.push_back(read_mapping(reader, child));
  });
}

/// Name and value as attributes or as children; the reference knows the element, not its form.
Field read_variable(Reader& reader, const Element& element) {
  std::string name(reader.x.attribute(element, kName));
  std::string value(reader.x.attribute(element, kValue));
  reader.x.children(element, [&](Name child_name, const Element& child) {
    if (child_name == Name::kName) name = reader.x.text(child);
    if (child_name == Name::kValue) value = reader.x.text(child);
  });
  return {reader.x.keep(name + "=" + value), reader.x.pos(element)};
}

void read_variables(Reader& reader, const Element& element, Command& out) {
  reader.x.children(element,
                    [&](Name, const Element& child) { out.environment.push_back(read_variable(reader, child)); });
}

void read_cmd_line_child(Reader& reader, Name name, const Element& child, Command& out) {
  switch (name) {
    case Name::kExe:
      out.exe = reader.x.field(child);
      break;
    case Name::kCommandLineArguments:
      out.arguments = reader.x.field(child);
      break;
    case Name::kOfflineArguments:
      out.offline_arguments = reader.x.field(child);
      break;
    case Name::kIgnoreExitCode:
      out.ignore_exit_code = reader.x.field(child);
      break;
    case Name::kEnvironmentVariables:
      read_variables(reader, child, out);
      break;
    case Name::kReturnCodeMappings:
      read_mappings(reader, child, out);
      break;
    default:
      reader.unknown(child,
                     {Name::kExe, Name::kCommandLineArguments, Name::kOfflineArguments, Name::kIgnoreExitCode,
                      Name::kEnvironmentVariables, Name::kReturnCodeMappings},
                     "ZF0610");
  }
}

/// msiInstall, msuInstall and unzip; the reference does not list all children of the latter two, so that unknown ones
/// pass.
void read_package_child(Reader& reader, Name kind, const Element& child, Command& out) {
  const Name name = reader.x.name(child.node);
  if (name == (kind == Name::kMsiInstall ? Name::kMsi : kind == Name::kMsuInstall ? Name::kMsu : Name::kZipFile)) {
    out.package = reader.x.field(child);
    return;
  }
  switch (name) {
    case Name::kProperties:
      out.properties = reader.x.field(child);
      break;
    case Name::kTargetDirectory:
      out.target_directory = reader.x.field(child);
      break;
    case Name::kReturnCodeMappings:
      read_mappings(reader, child, out);
      break;
    default:
      reader.unknown(child,
                     {Name::kMsi, Name::kMsu, Name::kZipFile, Name::kProperties, Name::kTargetDirectory,
                      Name::kReturnCodeMappings},
                     kind == Name::kMsiInstall ? "ZF0611" : "");
  }
}

void read_command(Reader& reader, const Element& element, Command& out) {
  out.pos = reader.x.pos(element);
  out.kind = {reader.x.local_name(element.node), out.pos};
  const Name kind = command_name(out.kind.text);
  if (kind == Name::kUnknown) return;
  reader.x.children(element, [&](Name name, const Element& child) {
    if (kind == Name::kCmdLine) {
      read_cmd_line_child(reader, name, child, out);
    } else {
      read_package_child(reader, kind, child, out);
    }
  });
}

void read_file(Reader& reader, const Element& element, catalog::InstallerFile& out) {
  out.pos = reader.x.pos(element);
  reader.x.children(element, [&](Name name, const Element& child) {
    switch (name) {
      case Name::kFileSize:
        out.size = reader.x.field(child);
        break;
      case Name::kInstallerUrl:
        out.url = reader.x.field(child);
        break;
      case Name::kRelativeInstallerUrl:
        out.relative_url = reader.x.field(child);
        break;
      case Name::kSha1:
        out.sha1 = reader.x.field(child);
        break;
      case Name::kTrackingUrl:
        out.tracking_url = reader.x.field(child);
        break;
      case Name::kDisplayUrl:
        reader.report("ZF0513", reader.x.pos(child), "the client does not read displayURL");
        break;
      default:
        reader.unknown(
            child, {Name::kFileSize, Name::kInstallerUrl, Name::kRelativeInstallerUrl, Name::kSha1, Name::kTrackingUrl},
            "ZF0514");
    }
  });
}

void read_architectures(Reader& reader, const Element& element, catalog::Architectures& out) {
  out.pos = reader.x.pos(element);
  reader.x.children(element, [&](Name, const Element& child) {
    out.names.push_back({reader.x.local_name(child.node), reader.x.pos(child)});
  });
}

catalog::MsDeploy::Parameter read_parameter(Reader& reader, const Element& element) {
  catalog::MsDeploy::Parameter out;
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kName) out.name = reader.x.field(child);
    if (name == Name::kValue) out.value = reader.x.field(child);
  });
  return out;
}

void read_ms_deploy(Reader& reader, const Element& element, catalog::MsDeploy& out) {
  out.pos = reader.x.pos(element);
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kStartPage) {
      out.start_page = reader.x.field(child);
    } else if (name == Name::kParameters) {
      reader.x.children(child, [&](Name inner, const Element& parameter) {
        if (inner == Name::kParameter) out.parameters.push_back(read_parameter(reader, parameter));
      });
    } else {
      out.others.push_back({{child.node.name(), reader.x.pos(child)}, reader.x.field(child)});
    }
  });
}

void read_iis_component(Reader& reader, const Element& element, catalog::IisComponent& out) {
  out.pos = reader.x.pos(element);
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kIis70ComponentName) out.iis70 = reader.x.field(child);
    if (name == Name::kIis60ComponentName) out.iis60 = reader.x.field(child);
    if (name == Name::kIis51ComponentName) out.iis51 = reader.x.field(child);
  });
}

void read_post_finish_command(Reader& reader, const Element& element, catalog::PostFinish& out) {
  out.pos = reader.x.pos(element);
  reader.x.children(element, [&](Name name, const Element& child) {
    switch (name) {
      case Name::kDescription:
        out.description = reader.x.field(child);
        break;
      case Name::kPath:
        out.path = reader.x.field(child);
        break;
      case Name::kX86Path:
        out.x86_path = reader.x.field(child);
        break;
      case Name::kX64Path:
        out.x64_path = reader.x.field(child);
        break;
      case Name::kArguments:
        out.arguments = reader.x.field(child);
        break;
      default:
        break;
    }
  });
}

void read_post_finish(Reader& reader, const Element& element, catalog::PostFinish& out) {
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kCommand && !out.present()) read_post_finish_command(reader, child, out);
  });
}

void read_log_files(Reader& reader, const Element& element, std::vector<Field>& out) {
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kLocation) out.push_back(reader.x.field(child));
  });
}

void read_unknown(Reader& reader, const Element& child, Installer& out) {
  if (child.node.name().find(':') == std::string_view::npos) {
    out.unknown.push_back({child.node.name(), reader.x.pos(child)});
  }
  reader.unknown(child,
                 {Name::kId, Name::kLanguageId, Name::kArchitectures, Name::kOsList, Name::kEulaUrl,
                  Name::kInstallerFile, Name::kInstallCommands, Name::kMsDeploy, Name::kIisComponent},
                 "ZF0417");
}

void read_actions(Reader& reader, Name name, const Element& child, Installer& out) {
  switch (name) {
    case Name::kInstallCommands:
      out.commands_pos = reader.x.pos(child);
      reader.x.children(
          child, [&](Name, const Element& command) { read_command(reader, command, out.commands.emplace_back()); });
      break;
    case Name::kMsDeploy:
      read_ms_deploy(reader, child, out.ms_deploy);
      break;
    case Name::kIisComponent:
      read_iis_component(reader, child, out.iis);
      break;
    case Name::kLogFiles:
      read_log_files(reader, child, out.log_files);
      break;
    case Name::kPostFinish:
      read_post_finish(reader, child, out.post_finish);
      break;
    case Name::kShowsUi:
      out.shows_ui = reader.x.field(child);
      break;
    case Name::kTotalInstallTime:
      out.total_install_time = reader.x.field(child);
      break;
    case Name::kRelativeEulaUrl:
    case Name::kTelemetry:
    case Name::kRetryCount:
      break;
    default:
      read_unknown(reader, child, out);
  }
}

}  // namespace

void read_installer(Reader& reader, const Element& element, Installer& out) {
  out.pos = reader.x.pos(element);
  reader.x.children(element, [&](Name name, const Element& child) {
    switch (name) {
      case Name::kId:
        out.id = reader.x.field(child);
        break;
      case Name::kLanguageId:
        if (out.language.present()) {
          out.further_languages.push_back(reader.x.field(child));
        } else {
          out.language = reader.x.field(child);
        }
        break;
      case Name::kArchitectures:
        read_architectures(reader, child, out.architectures);
        break;
      case Name::kOsList:
        out.os = read_os_list(reader, child);
        break;
      case Name::kEulaUrl:
        out.eula_url = reader.x.field(child);
        break;
      case Name::kHelpLink:
        out.help_link = reader.x.field(child);
        break;
      case Name::kInstallerFile:
        if (out.file.present()) {
          ++out.further_files;
        } else {
          read_file(reader, child, out.file);
        }
        break;
      default:
        read_actions(reader, name, child, out);
    }
  });
}

}  // namespace zoo::feed::webpi
