// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "module/core/settings.h"

namespace zoo::module {

/// How DEPLOY_FILE is run: by the interpreter of the application's engine, alone, before the first worker.
struct DeployPlan {
  std::string program;    ///< The engine's.
  std::string arguments;  ///< The script in quotation marks.
  std::string directory;  ///< Working directory: the application's folder.
  std::string script;
  std::string log;        ///< What the script prints goes here, too; empty: nowhere.
  std::string rename_to;  ///< After success; empty: the script stays (DeployMode::kEveryStart).
  std::chrono::seconds timeout{600};
};

/// Nothing: the application has no DEPLOY_FILE. Whether the script is there is asked when it is to run: with
/// DeployMode::kOnce it is gone after it has run, and then there is nothing to do.
std::optional<DeployPlan> deploy_plan(const Settings& settings, std::string_view program,
                                      std::string_view application_folder);

/// "deploy_done.py" of "deploy.py", in the same folder.
std::string deployed_name(std::string_view script);

/// Is `path` (relative to the application's folder; "" says that it is not known what has changed) something that a run
/// of the script changes by itself: a log, a folder of logs, the lock? A failed deploy is not tried again for it.
bool is_trace_of_deploy(const Settings& settings, std::string_view application_folder, std::string_view path);

/// What there is to tell of a run that has ended; empty after success. `how`: how the process ended, for messages.
std::string deploy_problem(const DeployPlan& plan, bool timed_out, int exit_code, std::string_view how);

/// What one run may write to the log, in bytes; the rest is dropped.
inline constexpr std::size_t kMaxDeployLog = std::size_t{1} << 20U;
/// How long to wait before the lock of a script that another process runs is tried again.
inline constexpr std::chrono::milliseconds kDeployLockRetry{200};

/// The lines that frame a run in the log, as version 3 writes them: "23/11/2013 09:05:00 --== Deploy begin ==-- ", in
/// UTC, with their line ends.
std::string deploy_begin_line(std::chrono::system_clock::time_point time);
std::string deploy_end_line(std::chrono::system_clock::time_point time, int exit_code);

}  // namespace zoo::module
