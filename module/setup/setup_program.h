// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "module/setup/file_system.h"
#include "module/setup/host_config.h"
#include "module/setup/interpreters.h"
#include "module/setup/machine.h"
#include "module/setup/schema_files.h"
#include "module/setup/target.h"

namespace zoo::setup {

enum class Command { kInstall, kUninstall, kStatus, kEngines };

struct SetupOptions {
  Command command = Command::kStatus;
  bool express = false;
  bool user = false;           ///< Of IIS Express, only the user's own configuration.
  std::string config_dir;      ///< A copied folder; empty: this machine's servers.
  std::string install_folder;  ///< A Windows path; empty: zoosetup's own folder.
  bool x64 = true;             ///< What `config_dir` is for.
  bool dry_run = false;
  bool keep_shared = false;  ///< Uninstall leaves a shared configuration to the other servers.
};

/// What was done to one server, or found there.
struct TargetReport {
  Target target;
  std::vector<std::string> changes;
  std::vector<std::string> warnings;
  std::string diff;    ///< With dry_run.
  std::string backup;  ///< The copy of the file as it was; empty when nothing was changed.
  std::string encoding;
  HostStatus status;
  std::vector<std::pair<std::string, SchemaState>> schemas;
  bool registered = false;  ///< With its schema.
  std::string error;
};

struct SetupReport {
  SetupExit exit = SetupExit::kOk;
  std::string error;  ///< Of the run as a whole.
  std::vector<Interpreter> interpreters;
  std::vector<Engine> engines;
  std::vector<TargetReport> targets;
};

/// The outside world.
struct SetupServices {
  FileSystem& files;
  Machine* machine = nullptr;  ///< None: interpreters cannot be looked for, and <engines> stays.
  SystemFolders folders;
  std::function<std::int64_t()> now;  ///< Seconds since 1970, for the names of backups.
};

/// Runs a command. Files are only ever changed in one step each; a file that is not to change is not written. The order
/// is such that IIS can read its configuration at any time: the schema comes before the sections and goes after them.
SetupReport run_setup(const SetupOptions& options, const SetupServices& services);

}  // namespace zoo::setup
