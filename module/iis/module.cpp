// SPDX-License-Identifier: Apache-2.0
// What IIS sees of the module: RegisterModule, the factory, the global notifications. Every entry is an exception
// barrier, because no exception may reach IIS.
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "module/core/config_text.h"
#include "module/iis/bridge.h"
#include "module/iis/duplex.h"
#include "module/iis/httpserv.h"
#include "module/iis/request.h"
#include "module/win/identity.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

/// What all entries share; made by RegisterModule, gone with the last of its owners.
struct ModuleState {
  std::shared_ptr<Bridge> bridge;
  HTTP_MODULE_ID id = nullptr;
  std::string name;                  ///< In globalModules and in the handlers' `modules`.
  bool knows_disconnects = false;    ///< IIS 7.5 and later
  IHttpServer2* upgrades = nullptr;  ///< IIS 8 and later
};

constexpr DWORD kGlobalNotifications = GL_STOP_LISTENING | GL_CONFIGURATION_CHANGE | GL_APPLICATION_STOP;
constexpr DWORD kIis75 = MAKELONG(5, 7);
constexpr DWORD kIis80 = MAKELONG(0, 8);
// HTTP_SEND_RESPONSE_FLAG_OPAQUE of the HTTP Server API: what follows the head is not HTTP, in both directions.
constexpr DWORD kSendOpaque = 0x00000040;

constexpr std::string_view kNotServed =
    "A request could not be served: the module has failed, most likely because there is no memory left";

/// Tells the request that runs on a connection that its client is gone. IIS owns it with the connection.
class DisconnectWatch final : public IHttpConnectionStoredContext {
 public:
  void CleanupStoredContext() override { delete this; }
  void NotifyDisconnect() override {
    try {
      if (const std::shared_ptr<Request> request = current()) request->on_disconnect();
    } catch (...) {  // the request ends without knowing
      return;
    }
  }
  void set(const std::shared_ptr<Request>& request) {
    const std::lock_guard lock(mutex_);
    request_ = request;
  }

 private:
  std::shared_ptr<Request> current() {
    const std::lock_guard lock(mutex_);
    return request_.lock();
  }

  Mutex mutex_;
  std::weak_ptr<Request> request_;
};

void watch_disconnect(const ModuleState& state, IHttpContext& context, const std::shared_ptr<Request>& request) {
  IHttpConnection* connection = state.knows_disconnects ? context.GetConnection() : nullptr;
  IHttpConnectionModuleContextContainer* container =
      connection == nullptr ? nullptr : connection->GetModuleContextContainer();
  if (container == nullptr) return;  // there is no connection while IIS warms an application up
  auto* watch = static_cast<DisconnectWatch*>(container->GetConnectionModuleContext(state.id));
  if (watch == nullptr) {
    auto made = std::make_unique<DisconnectWatch>();
    if (FAILED(container->SetConnectionModuleContext(made.get(), state.id))) return;
    watch = made.release();
  }
  watch->set(request);
}

/// What an upgrade needs, for a request that asks for one.
std::optional<Duplex> duplex_of(const ModuleState& state, IHttpContext& context) {
  USHORT length = 0;
  const bool asks = context.GetRequest()->GetHeader(HttpHeaderUpgrade, &length) != nullptr && length != 0;
  return asks && state.upgrades != nullptr ? query_duplex(*state.upgrades, context) : std::nullopt;
}

/// Is the handler that IIS has chosen one of this module?
bool is_own_handler(const ModuleState& state, IHttpContext& context) {
  const IScriptMapInfo* map = context.GetScriptMap();
  DWORD length = 0;
  PCWSTR modules = map == nullptr ? nullptr : map->GetModules(&length);
  if (modules == nullptr) return false;
  const std::string list = to_utf8(modules);
  for (const std::string_view module : split_list(list, ',')) {
    if (equal_nocase(module, state.name)) return true;
  }
  return false;
}

class RequestModule final : public CHttpModule {
 public:
  explicit RequestModule(std::shared_ptr<const ModuleState> state) : state_(std::move(state)) {}

  REQUEST_NOTIFICATION_STATUS OnExecuteRequestHandler(IHttpContext* context, IHttpEventProvider* provider) override {
    try {
      if (!is_own_handler(*state_, *context)) return RQ_NOTIFICATION_CONTINUE;
      const ProcessIdentity process;
      request_ = std::make_shared<Request>(state_->bridge, *context, duplex_of(*state_, *context));
      watch_disconnect(*state_, *context, request_);
      return request_->on_execute();
    } catch (...) {
      return give_up(*context, *provider);
    }
  }

  /// Comes while the head is on its way, also inside of the other notifications; throws nothing.
  REQUEST_NOTIFICATION_STATUS OnSendResponse(IHttpContext*, ISendResponseProvider* provider) override {
    if (request_ != nullptr && request_->turns_opaque() && provider->GetHeadersBeingSent()) {
      provider->SetFlags(provider->GetFlags() | kSendOpaque);
    }
    return RQ_NOTIFICATION_CONTINUE;
  }

  REQUEST_NOTIFICATION_STATUS OnAsyncCompletion(IHttpContext* context, DWORD, BOOL, IHttpEventProvider* provider,
                                                IHttpCompletionInfo* info) override {
    try {
      if (request_ == nullptr) return RQ_NOTIFICATION_CONTINUE;
      const ProcessIdentity process;
      return request_->on_completion(info->GetCompletionBytes(), info->GetCompletionStatus());
    } catch (...) {
      return give_up(*context, *provider);
    }
  }

 private:
  ~RequestModule() override = default;

  /// What was set of a response, or sent, is of another one than this.
  REQUEST_NOTIFICATION_STATUS give_up(IHttpContext& context, IHttpEventProvider& provider) {
    if (request_ != nullptr) request_->give_up();
    state_->bridge->events().report(EventId::kInternal, {}, kNotServed);
    IHttpResponse& response = *context.GetResponse();
    if (context.GetResponseHeadersSent()) {
      response.ResetConnection();
    } else {
      response.Clear();
      response.SetStatus(500, "Internal Server Error", 0, E_UNEXPECTED, nullptr, FALSE);
    }
    provider.SetErrorStatus(E_UNEXPECTED);
    return RQ_NOTIFICATION_FINISH_REQUEST;
  }

  std::shared_ptr<const ModuleState> state_;
  std::shared_ptr<Request> request_;
};

class ModuleFactory final : public IHttpModuleFactory {
 public:
  explicit ModuleFactory(std::shared_ptr<const ModuleState> state) : state_(std::move(state)) {}

  HRESULT GetHttpModule(CHttpModule** module, IModuleAllocator*) override {
    *module = new (std::nothrow) RequestModule(state_);
    return *module == nullptr ? E_OUTOFMEMORY : S_OK;
  }
  void Terminate() override { delete this; }

 private:
  std::shared_ptr<const ModuleState> state_;
};

class GlobalModule final : public CGlobalModule {
 public:
  explicit GlobalModule(std::shared_ptr<const ModuleState> state) : state_(std::move(state)) {}

  GLOBAL_NOTIFICATION_STATUS OnGlobalConfigurationChange(IGlobalConfigurationChangeProvider*) override {
    return guarded([this] { state_->bridge->forget_configuration(); });
  }

  /// The application has preloadEnabled="true". Nothing is waited for: requests wait for the workers by themselves.
  GLOBAL_NOTIFICATION_STATUS OnGlobalApplicationPreload(IGlobalApplicationPreloadProvider* provider) override {
    return guarded([&] {
      IHttpContext* context = nullptr;
      if (FAILED(provider->CreateContext(&context)) || context == nullptr) return;
      const std::unique_ptr<IHttpContext, void (*)(IHttpContext*)> owner(
          context, [](IHttpContext* created) { created->ReleaseClonedContext(); });
      state_->bridge->preload(application_facts(*context), state_->name);
    });
  }

  GLOBAL_NOTIFICATION_STATUS OnGlobalApplicationStop(IHttpApplicationStopProvider* provider) override {
    return guarded([&] {
      if (IHttpApplication* application = provider->GetApplication()) {
        state_->bridge->stop_applications(to_utf8(application->GetAppConfigPath()));
      }
    });
  }

  /// May come more than once. Requests that are on their way are still answered.
  GLOBAL_NOTIFICATION_STATUS OnGlobalStopListening(IGlobalStopListeningProvider*) override {
    return guarded([this] { state_->bridge->drain(); });
  }

  /// All requests have ended. The workers end here, and not when the DLL is unloaded: threads cannot end then.
  void Terminate() override {
    guarded([this] { state_->bridge->shut_down(); });
    delete this;
  }

 private:
  template <typename Action>
  static GLOBAL_NOTIFICATION_STATUS guarded(const Action& action) {
    try {
      const ProcessIdentity process;
      action();
    } catch (...) {  // the configuration is read again with the next change
      return GL_NOTIFICATION_CONTINUE;
    }
    return GL_NOTIFICATION_CONTINUE;
  }

  std::shared_ptr<const ModuleState> state_;
};

HRESULT register_module(DWORD server_version, IHttpModuleRegistrationInfo& info, IHttpServer& server) {
  auto state = std::make_shared<ModuleState>();
  state->bridge = std::make_shared<Bridge>(server.GetAdminManager());
  state->id = info.GetId();
  state->name = to_utf8(info.GetName());
  state->knows_disconnects = server_version >= kIis75;
  if (server_version >= kIis80) state->upgrades = extended_server(server);
  // IIS ends them by Terminate().
  const DWORD preload = server_version >= kIis75 ? GL_APPLICATION_PRELOAD : 0;
  const HRESULT result = info.SetGlobalNotifications(new GlobalModule(state), kGlobalNotifications | preload);
  if (FAILED(result)) return result;
  const DWORD wanted = RQ_EXECUTE_REQUEST_HANDLER | (state->upgrades != nullptr ? RQ_SEND_RESPONSE : 0);
  return info.SetRequestNotifications(new ModuleFactory(state), wanted, 0);
}

}  // namespace
}  // namespace zoo::module

// The .def file exports it, so that its name has no decoration on x86 either.
extern "C" HRESULT WINAPI RegisterModule(DWORD server_version, IHttpModuleRegistrationInfo* info, IHttpServer* server) {
  try {
    const zoo::module::ProcessIdentity process;
    return zoo::module::register_module(server_version, *info, *server);
  } catch (...) {
    return E_OUTOFMEMORY;
  }
}
