// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/host.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "module/win/text.h"
#include "tests/iishost/host/process_counts.h"
#include "tests/iishost/host/system_calls.h"
#include "tests/iishost/host/visitor.h"

namespace iishost {
namespace {

using zoo::module::error_text;
using zoo::module::to_utf8;
using zoo::module::to_wide;

constexpr auto kLookForChanges = std::chrono::milliseconds(200);
constexpr UINT kDied = 0xDEAD;
constexpr std::string_view kFailAllocations = "fail-allocations/";

std::string small_response(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// "FIRST" or "FIRST/COUNT"
std::string fail_allocations_as(const std::string& numbers) {
  const std::size_t slash = numbers.find('/');
  const unsigned long count = slash == std::string::npos ? 1 : std::strtoul(numbers.c_str() + slash + 1, nullptr, 10);
  fail_allocations(std::strtoul(numbers.c_str(), nullptr, 10), count);
  return "armed\n";
}

}  // namespace

namespace {

/// Gives out one context without a connection.
class Preload final : public IGlobalApplicationPreloadProvider {
 public:
  Preload(const HostParts& parts, Site& site, Application& application)
      : parts_(parts), site_(site), application_(application) {}
  ~Preload() {
    if (context_ != nullptr && !context_->was_released()) ++parts_.violations;
  }
  void SetErrorStatus(HRESULT) override {}
  HRESULT CreateContext(IHttpContext** context) override {
    ParsedHead head;
    head.method = "GET";
    head.target = head.path = application_.path() + "/";
    context_ = std::make_unique<Context>(parts_, connection_, site_, application_, std::move(head));
    *context = context_.get();
    return S_OK;
  }
  HRESULT ExecuteRequest(IHttpContext*, IHttpUser*) override { return E_NOTIMPL; }

 private:
  const HostParts& parts_;
  Connection connection_{INVALID_SOCKET};
  Site& site_;
  Application& application_;
  std::unique_ptr<Context> context_;
};

}  // namespace

// Requests that still run hold their generation: here none is left.
Host::Generation::~Generation() {
  modules.clear();
  for (const std::wstring& copy : copies) ::DeleteFileW(copy.c_str());
}

Host::Host(Options options) : options_(std::move(options)) {
  configuration_.set_host_file(options_.host_file);
}

Host::~Host() {
  quitting_ = true;
  if (watcher_.joinable()) watcher_.join();
  if (listener_ != INVALID_SOCKET) ::closesocket(listener_);
}

bool Host::load_topology() {
  const std::optional<SiteInfo> info = configuration_.site();
  if (!info) return false;
  site_ = std::make_unique<Site>(*info);
  for (const SiteApp& application : info->applications) {
    applications_.push_back(std::make_unique<Application>(*info, application));
  }
  return !applications_.empty();
}

bool Host::start(std::string& error) {
  if (!configuration_.load_schemas(options_.schemas) || !load_topology()) {
    error = "a schema or applicationHost.config cannot be read, or it has no site";
    return false;
  }
  generation_ = make_generation(error);
  if (generation_ == nullptr) return false;
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options_.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const void* raw = &address;
  if (::bind(listener_, static_cast<const sockaddr*>(raw), sizeof(address)) != 0 ||
      ::listen(listener_, SOMAXCONN) != 0) {
    error = "cannot listen on port " + std::to_string(options_.port);
    return false;
  }
  watcher_ = std::thread([this] { watch_configuration(); });
  preload(*generation_);
  return true;
}

// The first instance is the DLL itself; a library that is loaded twice would be the same one, so later ones are copies.
std::shared_ptr<Host::Generation> Host::make_generation(std::string& error) {
  auto generation = std::make_shared<Generation>();
  for (const auto& [name, dll] : options_.modules) {
    std::string file = dll;
    if (generations_ != 0) {
      file = dll + "." + std::to_string(::GetCurrentProcessId()) + "." + std::to_string(generations_) + ".dll";
      generation->copies.push_back(to_wide(file));
      if (!::CopyFileW(to_wide(dll).c_str(), to_wide(file).c_str(), FALSE)) {
        error = "cannot copy " + dll;
        return nullptr;
      }
    }
    auto module = std::make_shared<LoadedModule>(name, file);
    if (!module->start(options_.version, server_, error)) return nullptr;
    generation->modules.push_back(std::move(module));
  }
  ++generations_;
  return generation;
}

std::shared_ptr<Host::Generation> Host::current() {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void Host::run() {
  while (!quitting_) {
    const SOCKET client = ::accept(listener_, nullptr, nullptr);
    if (client == INVALID_SOCKET) {
      if (quitting_) break;
      std::fprintf(stderr, "iishost: accept: %s\n", error_text(static_cast<DWORD>(::WSAGetLastError())).c_str());
      ::Sleep(10);
      continue;
    }
    start_serving(client);
  }
  for (int i = 0; i < 300 && connections_ != 0; ++i) ::Sleep(10);
  generation_.reset();
}

// With threads of Windows: a detached std::thread that starts while another one ends is sometimes lost by winpthreads,
// and its connection is never answered.
void Host::start_serving(SOCKET client) {
  ++connections_;
  auto connection = std::make_unique<Accepted>(Accepted{this, client});
  HANDLE thread = ::CreateThread(nullptr, 0, serve_accepted, connection.get(), 0, nullptr);
  if (thread == nullptr) {
    ::closesocket(client);
    --connections_;
    return;
  }
  static_cast<void>(connection.release());  // the thread's
  ::CloseHandle(thread);
}

DWORD WINAPI Host::serve_accepted(void* accepted) {
  const std::unique_ptr<Accepted> connection(static_cast<Accepted*>(accepted));
  connection->host->serve(connection->socket);
  --connection->host->connections_;
  return 0;
}

void Host::serve(SOCKET socket) {
  Connection connection(socket);
  while (!quitting_) {
    const std::string text = connection.stream.read_head();
    if (text.empty()) return;
    ParsedHead head;
    if (!parse_head(text, head)) {
      connection.stream.write_all(small_response("400 Bad Request", "the head cannot be parsed\n"));
      return;
    }
    if (head.path.starts_with("/!")) {
      connection.stream.write_all(small_response("200 OK", control(head.path.substr(2))));
      continue;
    }
    if (!serve_request(connection, std::move(head))) return;
  }
}

bool Host::serve_request(Connection& connection, ParsedHead head) {
  const std::shared_ptr<Generation> generation = current();
  connection.keep(generation);
  ++requests_;
  ++active_;
  const HostParts parts{configuration_, queue_, options_, cacheable_, violations_};
  bool keep = false;
  {
    Application& application = application_of(head.path);
    Context context(parts, connection, *site_, application, std::move(head));
    keep = context.execute(generation->modules) && connection.connected;
  }
  --active_;
  return keep;
}

Application& Host::application_of(const std::string& path) {
  Application* best = applications_.front().get();
  for (const auto& application : applications_) {
    const std::string& prefix = application->path();
    const bool below = path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
    if (below && prefix.size() >= best->path().size()) best = application.get();
  }
  return *best;
}

std::string Host::control(const std::string& command) {
  if (command == "recycle") return recycle();
  if (command == "stop-application") {
    for (const auto& module : current()->modules) module->notify_application_stop(*applications_.front());
    return "stopped\n";
  }
  if (command.starts_with(kFailAllocations)) return fail_allocations_as(command.substr(kFailAllocations.size()));
  if (command == "die") ::TerminateProcess(::GetCurrentProcess(), kDied);
  if (command == "quit") {
    quitting_ = true;
    ::closesocket(listener_);
    return "bye\n";
  }
  const ProcessCounts counts = process_counts();
  return "requests=" + std::to_string(requests_) + " active=" + std::to_string(active_) +
         " generations=" + std::to_string(generations_) + " changes=" + std::to_string(changes_) +
         " handles=" + std::to_string(counts.handles) + " threads=" + std::to_string(counts.threads) +
         " private=" + std::to_string(counts.private_bytes) + " config_objects=" + std::to_string(admin_objects()) +
         " cacheable=" + std::to_string(cacheable_) + " violations=" + std::to_string(violations_) +
         " changed_tokens=" + std::to_string(changed_tokens()) +
         " calls_impersonated=" + std::to_string(calls_impersonated()) +
         " calls_as_visitor=" + std::to_string(calls_as_visitor()) + " allocations=" + std::to_string(allocations()) +
         " failed_allocations=" + std::to_string(failed_allocations()) + "\n";
}

std::string Host::recycle() {
  std::shared_ptr<Generation> old;
  {
    const std::lock_guard lock(mutex_);
    std::string error;
    std::shared_ptr<Generation> made = make_generation(error);
    if (made == nullptr) return error + "\n";
    preload(*made);
    old = std::exchange(generation_, std::move(made));
  }
  for (const auto& module : old->modules) module->notify_stop_listening(true);
  return "recycled\n";  // the old one ends with its last request
}

void Host::preload(Generation& generation) {
  if (!options_.preload) return;
  const HostParts parts{configuration_, queue_, options_, cacheable_, violations_};
  for (const auto& module : generation.modules) {
    for (const auto& application : applications_) {
      Preload provider(parts, *site_, *application);
      module->notify_preload(provider);
    }
  }
}

void Host::watch_configuration() {
  while (!quitting_) {
    std::this_thread::sleep_for(kLookForChanges);
    const std::optional<std::string> path = configuration_.changed();
    if (!path) continue;
    ++changes_;
    for (const auto& module : current()->modules) module->notify_configuration(*path);
  }
}

}  // namespace iishost
