// SPDX-License-Identifier: Apache-2.0
#include "module/posix/launcher.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <utility>

#include "module/posix/command_line.h"
#include "module/posix/process.h"
#include "module/posix/socket_channel.h"

namespace zoo::module {
namespace {

constexpr int kBacklog = 128;
constexpr int kPortTries = 64;
constexpr int kSocketBuffer = 512 * 1024;

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~Fd() { reset(-1); }
  int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }
  void reset(int fd) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

template <typename Address>
const sockaddr* as_sockaddr(const Address& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

sockaddr_in tcp_address(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool port_is_free(const std::string& host, std::uint16_t port) {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const sockaddr_in address = tcp_address(host, port);
  return ::bind(socket.get(), as_sockaddr(address), sizeof(address)) == 0;
}

// Random, so that another process that looks for a port as well rarely finds the same one; 0: none is free.
std::uint16_t choose_port(const LaunchSpec& spec) {
  std::random_device random;
  const int low = std::min(spec.port_lower, spec.port_upper);
  const int high = std::max(spec.port_lower, spec.port_upper);
  std::uniform_int_distribution<int> any(low, high);
  for (int i = 0; i < kPortTries; ++i) {
    const auto port = static_cast<std::uint16_t>(any(random));
    if (port_is_free(spec.host, port)) return port;
  }
  for (int port = low; port <= high; ++port) {
    if (port_is_free(spec.host, static_cast<std::uint16_t>(port))) return static_cast<std::uint16_t>(port);
  }
  return 0;
}

class PosixWorker final : public WorkerProcess {
 public:
  PosixWorker(EventLoop& loop, WorkerTransport transport) : loop_(loop), transport_(transport) {}
  ~PosixWorker() override {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  int id() const override { return process_->id(); }
  void request_stop() override { process_->send_signal(SIGTERM); }
  std::uint64_t memory() const override { return process_->memory(); }
  std::string recent_errors() const override { return process_->recent_output(); }

  std::unique_ptr<WorkerChannel> open_channel(ChannelEvents& events) override {
    if (transport_ == WorkerTransport::kConnected) {
      if (!connected_) return nullptr;
      return std::make_unique<SocketChannel>(loop_, connected_.release(), SocketChannel::Start::kConnected, events);
    }
    const bool tcp = transport_ == WorkerTransport::kTcp;
    Fd socket(::socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return nullptr;
    const int result = tcp ? connect_tcp(socket.get()) : connect_unix(socket.get());
    if (result != 0 && errno != EINPROGRESS) return nullptr;
    const auto start = result == 0 ? SocketChannel::Start::kConnected : SocketChannel::Start::kConnecting;
    return std::make_unique<SocketChannel>(loop_, socket.release(), start, events);
  }

  // What is set while it is launched.
  Fd connected_;
  std::string path_;
  std::string host_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;

 private:
  int connect_tcp(int socket) const {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const sockaddr_in address = tcp_address(host_, port_);
    return ::connect(socket, as_sockaddr(address), sizeof(address));
  }
  int connect_unix(int socket) const {
    const sockaddr_un address = unix_address(path_);
    return ::connect(socket, as_sockaddr(address), sizeof(address));
  }

  EventLoop& loop_;
  WorkerTransport transport_;
};

std::string_view path_variable(const LaunchSpec& spec) {
  const auto found = std::ranges::find(spec.environment, "PATH", &std::pair<std::string, std::string>::first);
  return found != spec.environment.end() ? std::string_view(found->second) : "/usr/local/bin:/usr/bin:/bin";
}

// The worker's end of a connected pair.
Fd make_pair(PosixWorker& worker) {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return Fd();
  for (const int end : ends) ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &kSocketBuffer, sizeof(kSocketBuffer));
  worker.connected_.reset(ends[0]);
  return Fd(ends[1]);
}

Fd make_listener(PosixWorker& worker, std::string path) {
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = unix_address(path);
  if (!socket || ::bind(socket.get(), as_sockaddr(address), sizeof(address)) != 0) return Fd();
  worker.path_ = std::move(path);
  if (::listen(socket.get(), kBacklog) != 0) return Fd();
  return socket;
}

void set_variable(std::vector<std::pair<std::string, std::string>>& environment, std::string name, std::string value) {
  std::erase_if(environment, [&](const auto& variable) { return variable.first == name; });
  environment.emplace_back(std::move(name), std::move(value));
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

PosixLauncher::~PosixLauncher() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::string PosixLauncher::socket_path(std::string& error) {
  if (folder_.empty()) {
    std::string pattern = "/tmp/zoo-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
      error = std::string("cannot make a folder for sockets: ") + std::strerror(errno);
      return {};
    }
    folder_ = pattern;
  }
  return folder_ + "/" + std::to_string(++sockets_);
}

std::unique_ptr<WorkerProcess> PosixLauncher::launch(const LaunchSpec& spec, ProcessEvents& events,
                                                     std::string& error) {
  auto worker = std::make_unique<PosixWorker>(loop_, spec.transport);
  ProcessOptions options{find_program(spec.program, path_variable(spec)), {}, spec.directory, spec.environment, -1};
  if (options.program.empty()) {
    error = "the program " + spec.program + " does not exist or is not executable";
    return nullptr;
  }
  std::string arguments = spec.arguments;
  Fd input;
  if (spec.transport == WorkerTransport::kTcp) {
    worker->host_ = spec.host;
    worker->port_ = choose_port(spec);
    const std::string port = std::to_string(worker->port_);
    set_variable(options.environment, "PORT", port);
    set_variable(options.environment, "HOST", spec.host);
    replace_all(arguments, "%PORT%", port);
    replace_all(arguments, "%HOST%", spec.host);
  } else if (spec.transport == WorkerTransport::kConnected) {
    input = make_pair(*worker);
  } else {
    std::string path = socket_path(error);
    if (path.empty()) return nullptr;
    input = make_listener(*worker, std::move(path));
  }
  if (spec.transport == WorkerTransport::kTcp ? worker->port_ == 0 : !input) {
    error = spec.transport == WorkerTransport::kTcp ? "no port of the engine's range is free"
                                                    : std::string("cannot make a socket: ") + std::strerror(errno);
    return nullptr;
  }
  options.arguments = split_command_line(arguments);
  options.standard_input = input.get();
  Process::Callbacks callbacks;
  callbacks.exited = [&events](std::string_view how) { events.on_process_exit(how); };
  PosixWorker* raw = worker.get();
  if (output_) {
    callbacks.output = [this, raw](std::string_view text) { output_(raw->process_ ? raw->process_->id() : 0, text); };
  }
  worker->process_ = Process::start(loop_, options, std::move(callbacks), error);
  if (worker->process_ == nullptr) return nullptr;
  return worker;
}

}  // namespace zoo::module
