// SPDX-License-Identifier: Apache-2.0
#include "packager/deploy/trial.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <thread>
#include <vector>

#include "feedgen/base/files.h"
#include "feedgen/catalog/values.h"

namespace zoo::deploy {
namespace {

using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr std::size_t kMaxBody = 1U << 20U;
constexpr std::size_t kMaxLog = 4U << 20U;
constexpr std::string_view kListening = "http://127.0.0.1:";

/// zoohost with its output in a pipe; ended with everything it started.
class Server {
 public:
  ~Server() { stop(); }
  Server() = default;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Result<void> start(const TrialOptions& options) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return fail(ExitCode::kIo, "cannot make a pipe");
    out_ = pipe[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // A group of its own, so that nothing that it starts is left behind.
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    std::vector<std::string> words = {options.zoohost,  "--root", options.folder, "--listen", "127.0.0.1:0",
                                      "--stop-timeout", "5"};
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int error = ::posix_spawnp(&pid_, options.zoohost.c_str(), &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    ::close(pipe[1]);
    if (error == 0) return {};
    pid_ = -1;
    return fail(ExitCode::kIo, fmt::format("cannot run {}: {}", options.zoohost, std::strerror(error)));
  }

  /// Takes what was printed; false at the end of it.
  bool read(std::chrono::milliseconds wait) {
    pollfd p = {out_, POLLIN, 0};
    if (::poll(&p, 1, static_cast<int>(wait.count())) <= 0) return true;
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(out_, buffer.data(), buffer.size());
    if (got <= 0) return false;
    if (output.size() < kMaxLog) output.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }

  void stop() {
    if (pid_ > 0) {
      ::kill(pid_, SIGTERM);
      for (int i = 0; i < 60 && ::waitpid(pid_, nullptr, WNOHANG) == 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
      ::kill(-pid_, SIGKILL);
      (void)::waitpid(pid_, nullptr, WNOHANG);
      pid_ = -1;
    }
    if (out_ >= 0) ::close(out_);
    out_ = -1;
  }

  std::string output;

 private:
  pid_t pid_ = -1;
  int out_ = -1;
};

std::optional<std::uint16_t> port_in(const std::string& output) {
  const std::size_t at = output.find(kListening);
  if (at == std::string::npos || output.find('\n', at) == std::string::npos) return std::nullopt;
  std::uint16_t port = 0;
  const char* begin = output.data() + at + kListening.size();
  if (std::from_chars(begin, output.data() + output.size(), port).ec != std::errc()) return std::nullopt;
  return port;
}

/// One request on a connection of its own, while the server's output is taken so that it never waits for us.
class Request {
 public:
  Request(Server& server, const TrialOptions& options, Clock::time_point end)
      : server_(server), options_(options), end_(end) {}
  ~Request() {
    if (fd_ >= 0) ::close(fd_);
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  std::string run(std::uint16_t port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    std::string request = fmt::format(
        "GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUser-Agent: packager\r\nAccept: text/html\r\nConnection: "
        "close\r\n\r\n",
        options_.page, port);
    std::string answer;
    while (Clock::now() < end_ && !cancelled() && answer.size() < kMaxBody) {
      server_.read(std::chrono::milliseconds(0));
      pollfd p = {fd_, static_cast<short>(request.empty() ? POLLIN : POLLOUT), 0};
      if (::poll(&p, 1, 100) <= 0) continue;
      if (!request.empty()) {
        const ssize_t sent = ::send(fd_, request.data(), request.size(), MSG_NOSIGNAL);
        if (sent < 0) break;
        request.erase(0, static_cast<std::size_t>(sent));
        continue;
      }
      std::array<char, 16384> buffer{};
      const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (got <= 0) break;
      answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return answer;
  }

 private:
  bool cancelled() const { return options_.cancellation != nullptr && options_.cancellation->requested(); }
  Server& server_;
  const TrialOptions& options_;
  Clock::time_point end_;
  int fd_ = -1;
};

void take_answer(const std::string& answer, Trial& trial) {
  if (answer.size() < 12 || answer.substr(0, 5) != "HTTP/") return;
  std::from_chars(answer.data() + 9, answer.data() + 12, trial.status);
  const std::size_t body = answer.find("\r\n\r\n");
  if (body != std::string::npos) trial.body = answer.substr(body + 4);
  trial.title = title_of(trial.body);
}

/// The logs of the application: everything that is new in its folder log.
std::string error_in_logs(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator at(fs::path(folder) / "log", error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".log") files.push_back(at->path().string());
  }
  // deploy.log before ZooError-1.log: what the script said comes before what the module made of it.
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
    const bool deploy_a = a.find("deploy") != std::string::npos, deploy_b = b.find("deploy") != std::string::npos;
    return deploy_a != deploy_b ? deploy_a : a < b;
  });
  for (const std::string& file : files) {
    const auto text = read_file(file, kMaxLog);
    if (!text) continue;
    if (std::string found = first_error_in(*text); !found.empty()) return found;
  }
  return {};
}

bool looks_like_error(std::string_view line) {
  if (line.find("DEPLOY FAILED") != std::string_view::npos) return true;
  if (line.substr(0, 2) == "--" || line.find("Traceback") != std::string_view::npos) return false;
  for (const std::string_view mark :
       {"Error:", "Exception:", "Error (", " failed with exit code", "error:", "Can't locate", "cannot load such file",
        "Could not find", "can't open", "could not be started"}) {
    if (line.find(mark) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

std::string title_of(const std::string& html) {
  const std::size_t begin = html.find("<title>");
  if (begin == std::string::npos) return {};
  const std::size_t end = html.find("</title>", begin);
  if (end == std::string::npos) return {};
  return catalog::collapsed(std::string_view(html).substr(begin + 7, end - begin - 7));
}

std::string first_error_in(const std::string& log) {
  for (std::string_view line : catalog::split(log, '\n')) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!looks_like_error(line)) continue;
    // "[time] [version] [thread] [severity] # 0 text" of the module's log.
    const std::size_t text = line.find("] # ");
    if (line.front() == '[' && text != std::string_view::npos) line.remove_prefix(std::min(line.size(), text + 6));
    return std::string(line.substr(0, 500));
  }
  return {};
}

Result<Trial> try_application(const TrialOptions& options) {
  const Clock::time_point end = Clock::now() + options.timeout;
  Trial trial;
  Server server;
  if (const auto started = server.start(options); !started) return tl::unexpected(started.error());
  const auto cancelled = [&] { return options.cancellation != nullptr && options.cancellation->requested(); };
  std::optional<std::uint16_t> port;
  bool running = true;
  while (!port && running && Clock::now() < end && !cancelled()) {
    running = server.read(std::chrono::milliseconds(100));
    port = port_in(server.output);
  }
  if (port) take_answer(Request(server, options, end).run(*port), trial);
  if (cancelled()) return fail(ExitCode::kInterrupted, "interrupted");
  for (int i = 0; i < 10 && !trial.served(); ++i) server.read(std::chrono::milliseconds(20));
  server.stop();
  trial.output = server.output;
  if (trial.served()) return trial;
  trial.first_error = error_in_logs(options.folder);
  if (trial.first_error.empty()) trial.first_error = first_error_in(trial.output);
  if (trial.first_error.empty() && trial.status == 0) {
    trial.first_error = fmt::format("no answer within {} s", options.timeout.count());
  }
  return trial;
}

}  // namespace zoo::deploy
