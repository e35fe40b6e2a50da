// SPDX-License-Identifier: Apache-2.0
#include "module/win/process.h"

#include <winsock2.h>
//
#include <windows.h>
//
#include <psapi.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/windows/object_handle.hpp>
#include <asio/windows/stream_handle.hpp>
#include <cstddef>
#include <cstdio>

#include "module/win/attribute_list.h"
#include "module/win/event_loop_impl.h"
#include "module/win/pipe.h"
#include "module/win/process_guard.h"
#include "module/win/process_tree.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

constexpr std::size_t kKeptOutput = 64U << 10U;
constexpr DWORD kBaseFlags = CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT |
                             CREATE_NEW_PROCESS_GROUP | EXTENDED_STARTUPINFO_PRESENT;
constexpr UINT kKilled = 0xDEAD;
// After the process has ended, for output that something else still holds open.
constexpr auto kOutputGrace = std::chrono::seconds(1);

Handle make_job() {
  Handle job(::CreateJobObjectW(nullptr, nullptr));
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  limits.BasicLimitInformation.LimitFlags =
      JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
  if (job) ::SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof(limits));
  return job;
}

// Before Windows 8 a process can be in one job only: a child of a server that is in one must be let out of it, if that
// job allows it. Later Windows nests jobs, and the limits of the pool's job (CPU) count for its workers, too.
DWORD breakaway_flag() {
  BOOL in_job = FALSE;
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  const bool known =
      ::IsProcessInJob(::GetCurrentProcess(), nullptr, &in_job) && in_job &&
      ::QueryInformationJobObject(nullptr, JobObjectExtendedLimitInformation, &limits, sizeof(limits), nullptr);
  const bool allowed = known && (limits.BasicLimitInformation.LimitFlags & JOB_OBJECT_LIMIT_BREAKAWAY_OK) != 0;
  return allowed ? CREATE_BREAKAWAY_FROM_JOB : 0;
}

Handle open_nul() {
  SECURITY_ATTRIBUTES attributes{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  return Handle(
      ::CreateFileW(L"NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, &attributes, OPEN_EXISTING, 0, nullptr));
}

std::string describe_exit(DWORD code) {
  if (code < 0xC0000000) return "exit code " + std::to_string(code);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "exception 0x%08lX", code);
  return text.data();
}

}  // namespace

struct Process::Impl : std::enable_shared_from_this<Impl> {
  Impl(EventLoop& loop, Callbacks c)
      : callbacks(std::move(c)), exit_watch(loop.impl().context), output(loop.impl().context), grace(loop, [this] {
          output_ended = true;
          report();
        }) {}

  void watch_exit() {
    exit_watch.async_wait([self = shared_from_this()](const asio::error_code& error) {
      if (!error) self->on_exit();
    });
  }

  void read_output() {
    output.async_read_some(asio::buffer(buffer),
                           [self = shared_from_this()](const asio::error_code& error, std::size_t count) {
                             self->on_output(error, count);
                           });
  }

  void on_output(const asio::error_code& error, std::size_t count) {
    if (closed) return;
    if (error) {
      output_ended = true;
      report();
      return;
    }
    const std::string_view text(buffer.data(), count);
    recent.append(text);
    if (recent.size() > 2 * kKeptOutput) recent.erase(0, recent.size() - kKeptOutput);
    if (callbacks.output) callbacks.output(text);
    if (!closed) read_output();
  }

  void on_exit() {
    if (closed) return;
    DWORD code = 0;
    ::GetExitCodeProcess(process.get(), &code);
    exit_code = code;
    has_ended = true;
    // What it has started must not outlive it.
    if (job) {
      ::TerminateJobObject(job.get(), kKilled);
    } else {
      end_descendants(process.get());
    }
    if (!output_ended) grace.set(std::chrono::steady_clock::now() + kOutputGrace);
    report();
  }

  // What the process has said last explains its end, so that it is read first.
  void report() {
    if (closed || !has_ended || !output_ended || !callbacks.exited) return;
    grace.cancel();
    const auto exited = std::move(callbacks.exited);
    callbacks.exited = nullptr;
    exited(describe_exit(exit_code));
  }

  void close() {
    closed = true;
    callbacks = {};
    kill();
    asio::error_code ignored;
    exit_watch.close(ignored);
    output.close(ignored);
    grace.cancel();
  }

  void kill() {
    if (job) {
      ::TerminateJobObject(job.get(), kKilled);
    } else if (process && !has_ended) {
      end_process_tree(process.get());
    }
  }

  Callbacks callbacks;
  Handle process;
  Handle job;
  Handle guard;            // in the place of a job
  Handle output_of_child;  // until it is read
  asio::windows::object_handle exit_watch;
  asio::windows::stream_handle output;
  Timer grace;
  std::array<char, 4096> buffer{};
  std::string recent;
  DWORD id = 0;
  DWORD exit_code = 0;
  bool has_ended = false;
  bool output_ended = false;
  bool closed = false;
};

namespace {

struct Streams {
  Handle nul;
  PipePair output;
  STARTUPINFOEXW startup{};
  std::vector<HANDLE> inherited;
};

bool prepare_streams(const ProcessOptions& options, Streams& streams, DWORD& error) {
  if (options.standard_input == nullptr) {
    streams.nul = open_nul();
    error = ::GetLastError();
    if (!streams.nul) return false;
  }
  STARTUPINFOW& info = streams.startup.StartupInfo;
  info.cb = sizeof(STARTUPINFOEXW);
  info.dwFlags = STARTF_USESTDHANDLES;
  info.hStdInput = options.standard_input != nullptr ? options.standard_input : streams.nul.get();
  streams.inherited.push_back(info.hStdInput);
  for (void* handle : options.inherited) streams.inherited.push_back(handle);
  if (options.convention_of_fastcgi) {
    info.hStdOutput = info.hStdError = INVALID_HANDLE_VALUE;
    return true;
  }
  if (!make_pipe(PipeRole::kOutput, streams.output, error)) return false;
  info.hStdOutput = info.hStdError = streams.output.child.get();
  streams.inherited.push_back(info.hStdOutput);
  return true;
}

bool create(const ProcessOptions& options, Streams& streams, DWORD flags, PROCESS_INFORMATION& created, DWORD& error) {
  const AttributeList attributes(streams.inherited);
  streams.startup.lpAttributeList = attributes.get();
  if (attributes.get() == nullptr) {
    error = ::GetLastError();
    return false;
  }
  const std::wstring program = to_wide(options.program);
  std::wstring line = L"\"" + program + L"\" " + to_wide(options.arguments);
  std::wstring block = environment_block(options.environment);
  const std::wstring directory = to_wide(options.directory);
  const BOOL done =
      ::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE, kBaseFlags | flags, block.data(),
                       directory.empty() ? nullptr : directory.c_str(), &streams.startup.StartupInfo, &created);
  error = ::GetLastError();
  return done != 0;
}

/// The job that ends the process with this one; empty if it cannot be put into one.
Handle job_with(HANDLE process) {
  Handle job = make_job();
  if (!job || !::AssignProcessToJobObject(job.get(), process)) job.reset(nullptr);
  return job;
}

/// A process that does not run yet, and that ends with this one: in a job, or else with a guard.
bool create_bound(const ProcessOptions& options, Process::Impl& impl, Handle& thread, DWORD& error) {
  Streams streams;
  if (!prepare_streams(options, streams, error)) return false;
  for (const DWORD flags : {DWORD{0}, breakaway_flag()}) {
    if (impl.process && flags == 0) break;  // it is the only way
    if (impl.process) ::TerminateProcess(impl.process.get(), kKilled);
    PROCESS_INFORMATION created{};
    if (!create(options, streams, flags, created, error)) return false;
    thread = Handle(created.hThread);
    impl.process = Handle(created.hProcess);
    impl.id = created.dwProcessId;
    impl.job = job_with(impl.process.get());
    if (impl.job) break;
  }
  if (!impl.job) impl.guard = start_guard(impl.process.get(), error);
  impl.output_of_child = std::move(streams.output.parent);
  return impl.job || impl.guard;
}

}  // namespace

std::unique_ptr<Process> Process::start(EventLoop& loop, const ProcessOptions& options, Callbacks callbacks,
                                        std::string& error) {
  auto impl = std::make_shared<Impl>(loop, std::move(callbacks));
  std::unique_ptr<Process> process(new Process(impl));  // what fails from here on kills it
  Handle thread;
  DWORD code = 0;
  if (!create_bound(options, *impl, thread, code)) {
    error = "cannot start " + options.program + (impl->process ? " so that it ends with the server: " : ": ") +
            error_text(code);
    return nullptr;
  }
  ::ResumeThread(thread.get());
  HANDLE watched = nullptr;
  ::DuplicateHandle(::GetCurrentProcess(), impl->process.get(), ::GetCurrentProcess(), &watched, SYNCHRONIZE, FALSE, 0);
  asio::error_code ignored;
  impl->exit_watch.assign(watched, ignored);
  impl->watch_exit();
  if (impl->output_of_child) {
    impl->output.assign(impl->output_of_child.release(), ignored);
    impl->read_output();
  } else {
    impl->output_ended = true;
  }
  return process;
}

Process::~Process() {
  impl_->close();
}

int Process::id() const noexcept {
  return static_cast<int>(impl_->id);
}

void Process::kill() {
  impl_->kill();
}

int Process::exit_code() const noexcept {
  return static_cast<int>(impl_->exit_code);
}

const std::string& Process::recent_output() const noexcept {
  return impl_->recent;
}

std::uint64_t Process::memory() const {
  PROCESS_MEMORY_COUNTERS counters{};
  counters.cb = sizeof(counters);
  return ::GetProcessMemoryInfo(impl_->process.get(), &counters, sizeof(counters)) ? counters.WorkingSetSize : 0;
}

std::wstring environment_block(const std::vector<std::pair<std::string, std::string>>& variables) {
  std::vector<std::wstring> lines;
  lines.reserve(variables.size());
  for (const auto& [name, value] : variables) lines.push_back(to_wide(std::string(name).append("=").append(value)));
  std::ranges::sort(lines, [](const std::wstring& left, const std::wstring& right) {
    return ::CompareStringOrdinal(left.c_str(), static_cast<int>(left.find(L'=', 1)), right.c_str(),
                                  static_cast<int>(right.find(L'=', 1)), TRUE) == CSTR_LESS_THAN;
  });
  std::wstring block;
  for (const std::wstring& line : lines) block.append(line).push_back(L'\0');
  block.push_back(L'\0');
  return block;
}

std::string find_program(const std::string& program, const std::string& path) {
  const std::wstring wide = to_wide(program);
  const std::wstring folders = to_wide(path);
  const bool has_folder = program.find_first_of("/\\:") != std::string::npos;
  std::array<wchar_t, 32768> found;
  // A path of its own is used even if the search path is empty.
  const DWORD size = ::SearchPathW(has_folder ? nullptr : folders.c_str(), wide.c_str(), L".exe",
                                   static_cast<DWORD>(found.size()), found.data(), nullptr);
  if (size == 0 || size >= found.size()) return {};
  const DWORD attributes = ::GetFileAttributesW(found.data());
  if (attributes == INVALID_FILE_ATTRIBUTES || (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) return {};
  return to_utf8({found.data(), size});
}

}  // namespace zoo::module
