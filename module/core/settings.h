// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/environment.h"
#include "module/core/error_log.h"

namespace zoo::module {

/// When DEPLOY_FILE runs.
enum class DeployMode {
  kEveryStart,  ///< Before the first worker of each application start (versions 1 and 2); the default.
  kOnce         ///< Once; then it is renamed: deploy.py becomes deploy_done.py (version 3).
};

/// ZOO_STRATEGY: how the number of workers follows the load.
enum class WorkerStrategy {
  kSmart,  ///< Starts with the minimum and adds workers while requests wait.
  kFixed   ///< Runs the maximum all the time.
};

/// What an application sets by variables. Paths are absolute and of the host's form; empty means "not set".
struct Settings {
  std::string deploy_file;
  std::string deploy_log;
  DeployMode deploy_mode = DeployMode::kEveryStart;
  std::chrono::seconds deploy_timeout{600};

  std::string error_log_dir;   ///< Empty: no log ("NULL", or not set).
  std::string error_log_file;  ///< A name in error_log_dir; empty: ZooError-N.log.
  LogLevel error_log_level = LogLevel::kWarning;

  std::string current_directory;             ///< The worker's; by default the application's folder.
  std::vector<std::string> watch_masks;      ///< Of WATCH_FILE_CHANGES_MASK; empty: files are not watched.
  std::chrono::seconds request_timeout{60};  ///< 0: no limit.

  std::uint64_t post_buffer = 64U << 10U;  ///< Bytes of a request body that are kept in memory.
  std::string post_cache_dir;              ///< For larger ones; empty: the system's folder for temporary files.

  std::string proxy_pass;       ///< HTTP engines: the path that the application's root becomes; empty: as it is.
  std::string substitute_host;  ///< Host field for HTTP workers; empty: the client's.
  WorkerStrategy strategy = WorkerStrategy::kSmart;

  std::string console_url;  ///< As written. Never served: see docs/formats/zoo-config.md.

  std::vector<std::string> faults;    ///< Not empty: the application cannot run, for these reasons.
  std::vector<std::string> warnings;  ///< For the log.
};

/// Reads the settings that engine or application have configured (the environment of this process does not count).
/// `application_folder` is where relative paths begin.
Settings read_settings(const ExpandedEnvironment& environment, std::string_view application_folder,
                       const PathPolicy& paths);

/// Does a file that has changed match a mask ("*.py", "php.ini", "conf/*.yml")? `path` is relative to the application,
/// with '/' or '\'. A mask without a separator is compared with the file's name in any folder. Ignores case.
bool matches_watch_mask(std::string_view mask, std::string_view path);

}  // namespace zoo::module
