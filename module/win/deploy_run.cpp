// SPDX-License-Identifier: Apache-2.0
#include "module/win/deploy_run.h"

#include <windows.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <utility>

#include "module/core/config_text.h"
#include "module/win/handle.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

std::filesystem::path path_of(const std::string& text) {
  return to_wide(text);
}

std::string path_variable(const EnvironmentList& environment) {
  const auto is_path = [](const auto& variable) { return equal_nocase(variable.first, "PATH"); };
  const auto found = std::ranges::find_if(environment, is_path);
  return found != environment.end() ? found->second : std::string();
}

}  // namespace

/// A file beside the script that one process at a time has open, and that goes when that process ends, however it does.
class DeployRun::Lock {
 public:
  explicit Lock(const std::string& script)
      : handle_(::CreateFileW((to_wide(script) + L".lock").c_str(), GENERIC_WRITE, 0, nullptr, OPEN_ALWAYS,
                              FILE_ATTRIBUTE_HIDDEN | FILE_FLAG_DELETE_ON_CLOSE, nullptr)) {
    error_ = handle_ ? ERROR_SUCCESS : ::GetLastError();
  }

  bool held() const { return static_cast<bool>(handle_); }
  /// Not another run of the script but something that will not pass stands in the way.
  bool impossible() const { return !held() && error_ != ERROR_SHARING_VIOLATION && error_ != ERROR_ACCESS_DENIED; }

 private:
  Handle handle_;
  DWORD error_ = ERROR_SUCCESS;
};

DeployRun::DeployRun(EventLoop& loop, DeployPlan plan, EnvironmentList environment, Done done)
    : loop_(loop),
      plan_(std::move(plan)),
      environment_(std::move(environment)),
      done_(std::move(done)),
      timer_(loop, [this] { on_timer(); }) {
  timer_.set(std::chrono::steady_clock::now());
}

DeployRun::~DeployRun() = default;

// A folder that cannot be written to needs no lock: whoever cannot make it cannot rename the script either.
void DeployRun::on_timer() {
  if (process_ != nullptr) {
    timed_out_ = true;
    process_->kill();
    return;
  }
  lock_ = std::make_unique<Lock>(plan_.script);
  if (!lock_->held() && !lock_->impossible()) {
    timer_.set(std::chrono::steady_clock::now() + kDeployLockRetry);
    return;
  }
  std::error_code ignored;
  if (!plan_.rename_to.empty() && !std::filesystem::exists(path_of(plan_.script), ignored)) {
    finish({});  // another process has just run it
  } else {
    start();
  }
}

void DeployRun::start() {
  write_log(deploy_begin_line(std::chrono::system_clock::now()));
  ProcessOptions options;
  options.program = find_program(plan_.program, path_variable(environment_));
  options.arguments = plan_.arguments;
  options.directory = plan_.directory;
  options.environment = environment_;
  if (options.program.empty()) {
    finish("the engine's program " + plan_.program + " does not exist");
    return;
  }
  Process::Callbacks callbacks;
  callbacks.output = [this](std::string_view text) { write_log(text); };
  callbacks.exited = [this](std::string_view how) { on_exit(how); };
  std::string error;
  process_ = Process::start(loop_, options, std::move(callbacks), error);
  if (process_ == nullptr) {
    finish(error);
    return;
  }
  timer_.set(std::chrono::steady_clock::now() + plan_.timeout);
}

void DeployRun::write_log(std::string_view text) {
  if (plan_.log.empty() || logged_ >= kMaxDeployLog) return;
  text = text.substr(0, kMaxDeployLog - logged_);
  logged_ += text.size();
  std::error_code ignored;
  const std::filesystem::path path = path_of(plan_.log);
  std::filesystem::create_directories(path.parent_path(), ignored);
  std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

void DeployRun::on_exit(std::string_view how) {
  finish(deploy_problem(plan_, timed_out_, process_->exit_code(), how));
}

void DeployRun::finish(std::string problem) {
  timer_.cancel();
  if (!problem.empty()) write_log(problem + "\n");
  if (process_ != nullptr) write_log(deploy_end_line(std::chrono::system_clock::now(), process_->exit_code()));
  if (problem.empty() && process_ != nullptr && !plan_.rename_to.empty()) {
    std::error_code error;
    std::filesystem::rename(path_of(plan_.script), path_of(plan_.rename_to), error);
    if (error) problem = "cannot rename the deploy script " + plan_.script + ": " + error.message();
  }
  lock_.reset();
  const Done done = std::move(done_);
  done(problem, process_ != nullptr ? process_->recent_output() : std::string());
}

}  // namespace zoo::module
