// SPDX-License-Identifier: Apache-2.0
#include "module/win/launcher.h"

#include <winsock2.h>
//
#include <ws2tcpip.h>

#include <algorithm>
#include <asio/connect.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/windows/stream_handle.hpp>
#include <random>
#include <utility>

#include "module/core/config_text.h"
#include "module/core/environment.h"
#include "module/win/pipe.h"
#include "module/win/process.h"
#include "module/win/stream_channel.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

using PipeChannel = StreamChannel<asio::windows::stream_handle>;
using TcpChannel = StreamChannel<asio::ip::tcp::socket>;

constexpr int kPortTries = 64;
constexpr Duration kPipeRetry = std::chrono::milliseconds(10);
constexpr int kPipeRetries = 500;

asio::ip::tcp::endpoint endpoint_of(const std::string& host, std::uint16_t port) {
  asio::error_code error;
  asio::ip::address address = asio::ip::make_address(host, error);
  if (error) address = asio::ip::address_v4::loopback();
  return {address, port};
}

bool port_is_free(EventLoop& loop, const asio::ip::tcp::endpoint& endpoint) {
  asio::ip::tcp::acceptor probe(loop.impl().context);
  asio::error_code error;
  probe.open(endpoint.protocol(), error);
  if (!error) probe.bind(endpoint, error);
  return !error;
}

// Random, so that another process that looks for a port as well rarely finds the same one; 0: none is free.
std::uint16_t choose_port(EventLoop& loop, const LaunchSpec& spec) {
  std::random_device random;
  // Of a list: std::minmax(a, b) would return references to converted values that are gone.
  const auto [low, high] = std::minmax({int{spec.port_lower}, int{spec.port_upper}});
  std::uniform_int_distribution<int> any(low, high);
  for (int i = 0; i < kPortTries; ++i) {
    const auto port = static_cast<std::uint16_t>(any(random));
    if (port_is_free(loop, endpoint_of(spec.host, port))) return port;
  }
  for (int port = low; port <= high; ++port) {
    if (port_is_free(loop, endpoint_of(spec.host, static_cast<std::uint16_t>(port)))) {
      return static_cast<std::uint16_t>(port);
    }
  }
  return 0;
}

void set_variable(EnvironmentList& environment, std::string name, std::string value) {
  std::erase_if(environment, [&](const auto& variable) { return equal_nocase(variable.first, name); });
  environment.emplace_back(std::move(name), std::move(value));
}

std::string path_variable(const EnvironmentList& environment) {
  const auto is_path = [](const auto& variable) { return equal_nocase(variable.first, "PATH"); };
  const auto found = std::ranges::find_if(environment, is_path);
  return found != environment.end() ? found->second : std::string();
}

/// Waits until the worker, which has ended its last connection, waits for the next one.
void connect_pipe(const std::shared_ptr<PipeChannel::State>& state, const std::wstring& name, int tries) {
  if (state->events == nullptr) return;
  DWORD error = 0;
  Handle handle = open_pipe(name, error);
  if (handle) {
    asio::error_code failed;
    state->stream.assign(handle.release(), failed);
    state->open();
    return;
  }
  if ((error != ERROR_PIPE_BUSY && error != ERROR_FILE_NOT_FOUND) || tries == 0) {
    state->close("its pipe cannot be opened: " + error_text(error));
    return;
  }
  auto timer = std::make_shared<asio::steady_timer>(state->stream.get_executor(), kPipeRetry);
  timer->async_wait([state, name, tries, timer](const asio::error_code&) { connect_pipe(state, name, tries - 1); });
}

class WinWorker final : public WorkerProcess {
 public:
  WinWorker(EventLoop& loop, WorkerTransport transport) : loop_(loop), transport_(transport) {}

  int id() const override { return process_->id(); }
  void request_stop() override { ::SetEvent(stop_event_.get()); }
  std::uint64_t memory() const override { return process_->memory(); }
  std::string recent_errors() const override { return process_->recent_output(); }

  std::unique_ptr<WorkerChannel> open_channel(ChannelEvents& events) override {
    if (transport_ == WorkerTransport::kTcp) return open_tcp(events);
    asio::windows::stream_handle stream(loop_.impl().context);
    if (connected_) {
      asio::error_code error;
      stream.assign(connected_.release(), error);
      return std::make_unique<PipeChannel>(loop_, std::move(stream), events, [](const auto& state) {
        asio::post(state->stream.get_executor(), [state] { state->open(); });
      });
    }
    if (transport_ == WorkerTransport::kConnected) return nullptr;
    return std::make_unique<PipeChannel>(loop_, std::move(stream), events, [this](const auto& state) {
      asio::post(state->stream.get_executor(), [state, name = pipe_] { connect_pipe(state, name, kPipeRetries); });
    });
  }

  // What is set while it is launched.
  Handle connected_;
  Handle stop_event_;
  std::wstring pipe_;
  asio::ip::tcp::endpoint endpoint_;
  std::unique_ptr<Process> process_;

 private:
  std::unique_ptr<WorkerChannel> open_tcp(ChannelEvents& events) {
    return std::make_unique<TcpChannel>(
        loop_, asio::ip::tcp::socket(loop_.impl().context), events, [this](const auto& state) {
          state->stream.async_connect(endpoint_, [state](const asio::error_code& error) {
            if (error) {
              state->close("it takes no connection: " + error.message());
              return;
            }
            asio::error_code ignored;
            state->stream.set_option(asio::ip::tcp::no_delay(true), ignored);
            state->open();
          });
        });
  }

  EventLoop& loop_;
  WorkerTransport transport_;
};

Handle make_event() {
  SECURITY_ATTRIBUTES attributes{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  return Handle(::CreateEventW(&attributes, TRUE, FALSE, nullptr));
}

std::string handle_number(HANDLE handle) {
  return std::to_string(reinterpret_cast<std::uintptr_t>(handle));
}

}  // namespace

std::unique_ptr<WorkerProcess> WinLauncher::launch(const LaunchSpec& spec, ProcessEvents& events, std::string& error) {
  auto worker = std::make_unique<WinWorker>(loop_, spec.transport);
  ProcessOptions options;
  options.program = find_program(spec.program, path_variable(spec.environment));
  if (options.program.empty()) {
    error = "the program " + spec.program + " does not exist";
    return nullptr;
  }
  options.arguments = spec.arguments;
  options.directory = spec.directory;
  options.environment = spec.environment;
  options.convention_of_fastcgi = spec.transport == WorkerTransport::kListening;
  PipePair pipe;
  DWORD code = 0;
  if (spec.transport == WorkerTransport::kTcp) {
    const std::uint16_t port = choose_port(loop_, spec);
    if (port == 0) {
      error = "no port of the engine's range is free";
      return nullptr;
    }
    worker->endpoint_ = endpoint_of(spec.host, port);
    set_variable(options.environment, "PORT", std::to_string(port));
    set_variable(options.environment, "HOST", spec.host);
    options.arguments = expand_port(spec.arguments, spec.host, std::to_string(port));
  } else if (!make_pipe(PipeRole::kWorker, pipe, code)) {
    error = "cannot make a pipe: " + error_text(code);
    return nullptr;
  }
  options.standard_input = pipe.child.get();
  worker->pipe_ = pipe.name;
  worker->connected_ = std::move(pipe.parent);
  worker->stop_event_ = make_event();
  options.inherited.push_back(worker->stop_event_.get());
  set_variable(options.environment, "_FCGI_SHUTDOWN_EVENT_", handle_number(worker->stop_event_.get()));
  Process::Callbacks callbacks;
  callbacks.exited = [&events](std::string_view how) { events.on_process_exit(how); };
  if (output_) {
    callbacks.output = [this, raw = worker.get()](std::string_view text) { output_(raw->id(), text); };
  }
  worker->process_ = Process::start(loop_, options, std::move(callbacks), error);
  if (worker->process_ == nullptr) return nullptr;
  return worker;
}

}  // namespace zoo::module
