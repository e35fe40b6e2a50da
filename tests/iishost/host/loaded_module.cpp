// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/loaded_module.h"

#include <cstring>

#include "module/win/text.h"
#include "tests/iishost/host/system_calls.h"
#include "tests/iishost/host/visitor.h"

namespace iishost {
namespace {

using zoo::module::error_text;
using zoo::module::to_wide;

constexpr std::uint32_t kIis75 = 0x00070005;
constexpr std::uint32_t kIis80 = 0x00080000;

class ChangeProvider final : public IGlobalConfigurationChangeProvider {
 public:
  explicit ChangeProvider(const std::string& path) : path_(to_wide(path)) {}
  void SetErrorStatus(HRESULT) override {}
  PCWSTR GetChangePath() const override { return path_.c_str(); }

 private:
  std::wstring path_;
};

class StopProvider final : public IGlobalStopListeningProvider {
 public:
  explicit StopProvider(bool graceful) : graceful_(graceful) {}
  void SetErrorStatus(HRESULT) override {}
  BOOL DrainRequestsGracefully() const override { return graceful_ ? TRUE : FALSE; }

 private:
  bool graceful_;
};

class ApplicationStop final : public IHttpApplicationStopProvider {
 public:
  explicit ApplicationStop(IHttpApplication& application) : application_(application) {}
  void SetErrorStatus(HRESULT) override {}
  IHttpApplication* GetApplication() override { return &application_; }

 private:
  IHttpApplication& application_;
};

}  // namespace

HRESULT Server::GetExtendedInterface(HTTP_SERVER_INTERFACE_VERSION version, PVOID* extended) {
  if (version != HTTP_SERVER_INTERFACE_V2 || version_ < kIis75) return E_NOTIMPL;
  *extended = static_cast<IHttpServer2*>(this);
  return S_OK;
}

// The objects are of the extended types already: what is asked for is another view of the same one.
HRESULT Server::GetExtendedInterface(const GUID& is, PVOID object, const GUID& wanted, PVOID* extended) {
  if (version_ < kIis80) return E_NOINTERFACE;
  if (is == kIidHttpContext && wanted == kIidHttpContext3) {
    *extended = static_cast<IHttpContext3*>(static_cast<IHttpContext*>(object));
  } else if (is == kIidHttpRequest && wanted == kIidHttpRequest3) {
    *extended = static_cast<IHttpRequest3*>(static_cast<IHttpRequest*>(object));
  } else if (is == kIidHttpResponse && wanted == kIidHttpResponse2) {
    *extended = static_cast<IHttpResponse2*>(static_cast<IHttpResponse*>(object));
  } else {
    return E_NOINTERFACE;
  }
  return S_OK;
}

LoadedModule::LoadedModule(std::string name, const std::string& dll)
    : name_(std::move(name)), wide_name_(to_wide(name_)), dll_(dll) {}

LoadedModule::~LoadedModule() {
  const AsVisitor visitor;
  if (factory_ != nullptr) factory_->Terminate();
  if (global_ != nullptr) global_->Terminate();
  if (library_ != nullptr) ::FreeLibrary(library_);
}

bool LoadedModule::start(std::uint32_t version, IHttpServer& server, std::string& error) {
  library_ = ::LoadLibraryW(to_wide(dll_).c_str());
  if (library_ == nullptr) {
    error = "cannot load " + dll_ + ": " + error_text(::GetLastError());
    return false;
  }
  stand_before_system(library_);
  FARPROC entry = ::GetProcAddress(library_, "RegisterModule");
  if (entry == nullptr) {
    error = dll_ + " does not export RegisterModule";
    return false;
  }
  PFN_REGISTERMODULE register_module = nullptr;
  static_assert(sizeof(register_module) == sizeof(entry));
  std::memcpy(&register_module, &entry, sizeof(entry));
  const AsVisitor visitor;
  const HRESULT result = register_module(version, this, &server);
  if (FAILED(result)) error = dll_ + ": RegisterModule failed: " + error_text(static_cast<DWORD>(result));
  return SUCCEEDED(result);
}

HRESULT LoadedModule::SetRequestNotifications(IHttpModuleFactory* factory, DWORD mask, DWORD) {
  factory_ = factory;
  requests_ = mask;
  return S_OK;
}

HRESULT LoadedModule::SetGlobalNotifications(CGlobalModule* module, DWORD mask) {
  global_ = module;
  globals_ = mask;
  return S_OK;
}

void LoadedModule::notify_configuration(const std::string& path) {
  if ((globals_ & GL_CONFIGURATION_CHANGE) == 0) return;
  ChangeProvider provider(path);
  const AsVisitor visitor;
  global_->OnGlobalConfigurationChange(&provider);
}

void LoadedModule::notify_stop_listening(bool graceful) {
  if ((globals_ & GL_STOP_LISTENING) == 0) return;
  StopProvider provider(graceful);
  const AsVisitor visitor;
  global_->OnGlobalStopListening(&provider);
}

void LoadedModule::notify_preload(IGlobalApplicationPreloadProvider& provider) {
  if ((globals_ & GL_APPLICATION_PRELOAD) == 0) return;
  const AsVisitor visitor;
  global_->OnGlobalApplicationPreload(&provider);
}

void LoadedModule::notify_application_stop(IHttpApplication& application) {
  if ((globals_ & GL_APPLICATION_STOP) == 0) return;
  ApplicationStop provider(application);
  const AsVisitor visitor;
  global_->OnGlobalApplicationStop(&provider);
}

}  // namespace iishost
