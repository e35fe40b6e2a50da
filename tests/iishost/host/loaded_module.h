// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "module/iis/httpserv.h"
#include "tests/iishost/host/admin.h"
#include "tests/iishost/host/options.h"

namespace iishost {

/// IHttpServer as a module sees it: only the configuration, the pool's name and extended interfaces have something
/// behind them.
class Server final : public IHttpServer2 {
 public:
  /// `version`: of the IIS that is emulated; interfaces that came later are not given out.
  Server(IAppHostAdminManager& manager, const std::uint32_t& version) : manager_(manager), version_(version) {}

  BOOL IsCommandLineLaunch() const override { return TRUE; }
  PCWSTR GetAppPoolName() const override { return L"EmulatedPool"; }
  HRESULT AssociateWithThreadPool(HANDLE, LPOVERLAPPED_COMPLETION_ROUTINE) override { return E_NOTIMPL; }
  void IncrementThreadCount() override {}
  void DecrementThreadCount() override {}
  void ReportUnhealthy(PCWSTR, HRESULT) override {}
  void RecycleProcess(PCWSTR) override {}
  IAppHostAdminManager* GetAdminManager() const override { return &manager_; }
  HRESULT GetFileInfo(PCWSTR, HANDLE, PSID, PCWSTR, HANDLE, BOOL, IHttpFileInfo**, IHttpTraceContext*) override {
    return E_NOTIMPL;
  }
  HRESULT FlushKernelCache(PCWSTR) override { return S_OK; }
  HRESULT DoCacheOperation(CACHE_OPERATION, IHttpCacheKey*, IHttpCacheSpecificData**, IHttpTraceContext*) override {
    return E_NOTIMPL;
  }
  GLOBAL_NOTIFICATION_STATUS NotifyCustomNotification(ICustomNotificationProvider*) override {
    return GL_NOTIFICATION_CONTINUE;
  }
  IHttpPerfCounterInfo* GetPerfCounterInfo() override { return nullptr; }
  void RecycleApplication(PCWSTR) override {}
  void NotifyConfigurationChange(PCWSTR) override {}
  void NotifyFileChange(PCWSTR) override {}
  IDispensedHttpModuleContextContainer* DispenseContainer() override { return nullptr; }
  HRESULT AddFragmentToCache(HTTP_DATA_CHUNK*, PCWSTR) override { return E_NOTIMPL; }
  HRESULT ReadFragmentFromCache(PCWSTR, BYTE*, DWORD, DWORD*) override { return E_NOTIMPL; }
  HRESULT RemoveFragmentFromCache(PCWSTR) override { return E_NOTIMPL; }
  HRESULT GetWorkerProcessSettings(IWpfSettings**) override { return E_NOTIMPL; }
  HRESULT GetProtocolManagerCustomInterface(PCWSTR, PCWSTR, DWORD, PVOID*) override { return E_NOTIMPL; }
  BOOL SatisfiesPrecondition(PCWSTR, BOOL*) const override { return TRUE; }
  IHttpTraceContext* GetTraceContext() const override { return nullptr; }
  HRESULT RegisterFileChangeMonitor(PCWSTR, HANDLE, IHttpFileMonitor**) override { return E_NOTIMPL; }
  HRESULT GetExtendedInterface(HTTP_SERVER_INTERFACE_VERSION version, PVOID* extended) override;
  HRESULT GetToken(PCWSTR, PCWSTR, DWORD, IHttpTokenEntry**, PCWSTR, PSOCKADDR, IHttpTraceContext*) override {
    return E_NOTIMPL;
  }
  PCWSTR GetAppPoolConfigFile(DWORD*) const override { return nullptr; }
  HRESULT GetExtendedInterface(const GUID& is, PVOID object, const GUID& wanted, PVOID* extended) override;
  HRESULT GetMetadata(PCWSTR, PCWSTR, IReferencedMetadataInfo**) override { return E_NOTIMPL; }
  HRESULT GetWorkerProcessFramework(IWorkerProcessFramework**) override { return E_NOTIMPL; }

 private:
  IAppHostAdminManager& manager_;
  const std::uint32_t& version_;
};

/// A module DLL between RegisterModule and Terminate.
class LoadedModule final : public IHttpModuleRegistrationInfo {
 public:
  LoadedModule(std::string name, const std::string& dll);
  LoadedModule(const LoadedModule&) = delete;
  LoadedModule& operator=(const LoadedModule&) = delete;
  /// Terminates it and unloads the DLL. No request may use it.
  ~LoadedModule();

  /// False, with the reason in `error`.
  bool start(std::uint32_t version, IHttpServer& server, std::string& error);

  void notify_configuration(const std::string& path);
  void notify_stop_listening(bool graceful);
  void notify_application_stop(IHttpApplication& application);
  void notify_preload(IGlobalApplicationPreloadProvider& provider);

  IHttpModuleFactory* factory() const { return factory_; }
  DWORD requests() const { return requests_; }
  HTTP_MODULE_ID id() const { return const_cast<LoadedModule*>(this); }
  const std::string& name() const { return name_; }

  PCWSTR GetName() const override { return wide_name_.c_str(); }
  HTTP_MODULE_ID GetId() const override { return id(); }
  HRESULT SetRequestNotifications(IHttpModuleFactory* factory, DWORD mask, DWORD post_mask) override;
  HRESULT SetGlobalNotifications(CGlobalModule* module, DWORD mask) override;
  HRESULT SetPriorityForRequestNotification(DWORD, PCWSTR) override { return S_OK; }
  HRESULT SetPriorityForGlobalNotification(DWORD, PCWSTR) override { return S_OK; }

 private:
  std::string name_;
  std::wstring wide_name_;
  std::string dll_;
  HMODULE library_ = nullptr;
  IHttpModuleFactory* factory_ = nullptr;
  CGlobalModule* global_ = nullptr;
  DWORD requests_ = 0;
  DWORD globals_ = 0;
};

}  // namespace iishost
