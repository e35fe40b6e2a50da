// SPDX-License-Identifier: Apache-2.0
#include "module/posix/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace zoo::module {
namespace {

constexpr std::size_t kKeptOutput = 64U << 10U;

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

struct Prepared {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::vector<char*> argument_pointers;
  std::vector<char*> environment_pointers;
};

void prepare(const ProcessOptions& options, Prepared& prepared) {
  prepared.arguments.push_back(options.program);
  prepared.arguments.insert(prepared.arguments.end(), options.arguments.begin(), options.arguments.end());
  for (const auto& [name, value] : options.environment) {
    prepared.environment.emplace_back(name).append("=").append(value);
  }
  prepared.argument_pointers = pointers(prepared.arguments);
  prepared.environment_pointers = pointers(prepared.environment);
}

// Between fork and exec: system calls only. What fails is reported through `report` as an errno.
[[noreturn]] void become(const ProcessOptions& options, Prepared& prepared, int output, int report) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) ::signal(number, SIG_DFL);
  const int input = options.standard_input >= 0 ? options.standard_input : ::open("/dev/null", O_RDONLY);
  // dup2() of a descriptor onto itself would leave it close-on-exec.
  if (input == 0) ::fcntl(0, F_SETFD, 0);
  if ((input == 0 || ::dup2(input, 0) == 0) && ::dup2(output, 1) == 1 && ::dup2(output, 2) == 2 &&
      (options.directory.empty() || ::chdir(options.directory.c_str()) == 0)) {
    ::execve(options.program.c_str(), prepared.argument_pointers.data(), prepared.environment_pointers.data());
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t written = ::write(report, &error, sizeof(error));
  ::_exit(127);
}

struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) == 0) {
      read = ends[0];
      write = ends[1];
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(read);
    close_end(write);
  }
  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

int exec_error(Pipe& report) {
  Pipe::close_end(report.write);
  int error = 0;
  ssize_t count = 0;
  do {
    count = ::read(report.read, &error, sizeof(error));
  } while (count < 0 && errno == EINTR);
  return count == sizeof(error) ? error : 0;
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

class Process::ExitWatch final : private ReadyEvents {
 public:
  ExitWatch(EventLoop& loop, int fd, Process& process) : process_(process), descriptor_(loop, fd, *this) {
    descriptor_.want_read();
  }

 private:
  void on_readable() override { process_.on_exit(); }
  void on_writable() override {}

  Process& process_;
  Descriptor descriptor_;
};

std::unique_ptr<Process> Process::start(EventLoop& loop, const ProcessOptions& options, Callbacks callbacks,
                                        std::string& error) {
  Prepared prepared;
  prepare(options, prepared);
  Pipe output;
  Pipe report;
  const pid_t id = output.read < 0 || report.read < 0 ? -1 : ::fork();
  if (id == 0) become(options, prepared, output.write, report.write);
  if (id < 0) {
    error = "cannot start " + options.program + ": " + std::strerror(errno);
    return nullptr;
  }
  if (const int code = exec_error(report)) {
    ::waitpid(id, nullptr, 0);
    error = "cannot run " + options.program + (options.directory.empty() ? "" : " in " + options.directory) + ": " +
            std::strerror(code);
    return nullptr;
  }
  return std::unique_ptr<Process>(new Process(loop, id, std::exchange(output.read, -1), std::move(callbacks)));
}

Process::Process(EventLoop& loop, int id, int output, Callbacks callbacks)
    : id_(id), callbacks_(std::move(callbacks)), output_(loop, output, *this) {
  output_.want_read();
  // glibc 2.36 declares pidfd_open() without C linkage.
  const auto watch = static_cast<int>(::syscall(SYS_pidfd_open, id, 0));
  if (watch >= 0) exit_watch_ = std::make_unique<ExitWatch>(loop, watch, *this);
}

Process::~Process() {
  ::kill(-id_, SIGKILL);
  if (running_) ::waitpid(id_, nullptr, 0);
}

void Process::send_signal(int number) const {
  if (running_) ::kill(id_, number);
}

void Process::on_readable() {
  if (read_output()) output_.want_read();
}

// False at its end.
bool Process::read_output() {
  std::array<char, 8192> buffer;
  while (true) {
    const ssize_t count = ::read(output_.fd(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count != 0 && errno == EAGAIN;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(count));
    recent_.append(text);
    if (recent_.size() > kKeptOutput) recent_.erase(0, recent_.size() - kKeptOutput / 2);
    if (callbacks_.output) callbacks_.output(text);
  }
}

void Process::on_exit() {
  int status = 0;
  if (::waitpid(id_, &status, WNOHANG) != id_) return;
  running_ = false;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  read_output();
  const auto exited = callbacks_.exited;  // it may destroy this
  if (exited) exited(describe(status));
}

std::uint64_t Process::memory() const {
  std::ifstream file("/proc/" + std::to_string(id_) + "/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace zoo::module
