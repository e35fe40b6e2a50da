// SPDX-License-Identifier: Apache-2.0
#include "module/posix/deploy_run.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "module/posix/command_line.h"

namespace zoo::module {
namespace {

std::string path_of(const EnvironmentList& environment) {
  const auto found = std::ranges::find(environment, "PATH", &std::pair<std::string, std::string>::first);
  return found == environment.end() ? "/usr/local/bin:/usr/bin:/bin" : found->second;
}

}  // namespace

DeployRun::DeployRun(EventLoop& loop, DeployPlan plan, EnvironmentList environment, Done done)
    : loop_(loop),
      plan_(std::move(plan)),
      environment_(std::move(environment)),
      done_(std::move(done)),
      timer_(loop, [this] { on_timer(); }) {
  timer_.set(std::chrono::steady_clock::now());
}

DeployRun::~DeployRun() {
  if (log_ >= 0) ::close(log_);
  if (lock_ >= 0) ::close(lock_);
}

void DeployRun::on_timer() {
  if (process_ == nullptr) {
    try_start();
  } else {
    timed_out_ = true;
    process_->send_signal(SIGKILL);
  }
}

// The script itself is what is locked: it is there, and every process of the application finds the same file.
void DeployRun::try_start() {
  if (lock_ < 0) lock_ = ::open(plan_.script.c_str(), O_RDONLY | O_CLOEXEC);
  if (lock_ < 0) {
    // Another process may just have run and renamed it.
    const bool done_elsewhere = !plan_.rename_to.empty() && std::filesystem::exists(plan_.rename_to);
    finish(done_elsewhere ? std::string()
                          : "cannot open the deploy script " + plan_.script + ": " + std::strerror(errno));
  } else if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    timer_.set(std::chrono::steady_clock::now() + kDeployLockRetry);
  } else if (!plan_.rename_to.empty() && !std::filesystem::exists(plan_.script)) {
    finish({});
  } else {
    start();
  }
}

void DeployRun::start() {
  if (!plan_.log.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(plan_.log).parent_path(), ignored);
    log_ = ::open(plan_.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  }
  write_log(deploy_begin_line(std::chrono::system_clock::now()));
  ProcessOptions options{find_program(plan_.program, path_of(environment_)), split_command_line(plan_.arguments),
                         plan_.directory, environment_, -1};
  if (options.program.empty()) {
    finish("the engine's program " + plan_.program + " does not exist or is not executable");
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
  if (log_ < 0 || logged_ >= kMaxDeployLog) return;
  text = text.substr(0, kMaxDeployLog - logged_);
  logged_ += text.size();
  [[maybe_unused]] const ssize_t written = ::write(log_, text.data(), text.size());
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
    std::filesystem::rename(plan_.script, plan_.rename_to, error);
    if (error) problem = "cannot rename the deploy script " + plan_.script + ": " + error.message();
  }
  const std::string output = process_ != nullptr ? process_->recent_output() : std::string();
  const Done done = std::move(done_);  // it may destroy this
  done(problem, output);
}

}  // namespace zoo::module
