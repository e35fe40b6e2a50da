// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "module/setup/file_system.h"
#include "module/setup/machine.h"

namespace zoo::setup {

/// One applicationHost.config and the folders with the schema that belongs to it.
struct Target {
  std::string server;       ///< "IIS" or "IIS Express"
  std::string config_file;  ///< After redirection.
  std::vector<std::string> schema_folders;
  bool redirected = false;  ///< Shared configuration: other servers read the same file.
};

/// Which servers are meant.
enum class TargetChoice {
  kMachine,  ///< IIS, and the templates of IIS Express: all that concerns the whole machine.
  kExpress,  ///< IIS Express: its templates and the user's own configuration.
  kUser      ///< The user's own configuration of IIS Express.
};

/// The servers of this machine; none when there is neither IIS nor IIS Express. Fails when redirection.config cannot be
/// understood: guessing would edit a file that IIS does not read.
SetupResult<std::vector<Target>> find_targets(FileSystem& files, const SystemFolders& folders, TargetChoice choice,
                                              const Machine& machine);

/// A copied configuration folder: applicationHost.config, perhaps redirection.config, and schema/.
SetupResult<Target> folder_target(FileSystem& files, const std::string& folder, bool express);

}  // namespace zoo::setup
