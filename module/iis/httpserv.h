// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The native module interfaces of IIS 7 and later, declared for GCC and for Microsoft's compiler so that both put
/// every method into the slot in which IIS expects it. Source of the slots: the measured table in
/// tests/fixtures/iis/slots.tsv, which tests/module/iis/abi compares with what both compilers make of this file.
///
/// Parameters without names are as in the public API reference of IIS. Classes that we only pass on are not declared.
/// No exception may cross these interfaces in either direction.

// winsock2.h must come before windows.h, which http.h includes.
#include <winsock2.h>
//
#include <http.h>

using HTTP_MODULE_ID = PVOID;

enum REQUEST_NOTIFICATION_STATUS {
  RQ_NOTIFICATION_CONTINUE,
  RQ_NOTIFICATION_PENDING,  ///< IIS waits for exactly one completion.
  RQ_NOTIFICATION_FINISH_REQUEST
};

enum GLOBAL_NOTIFICATION_STATUS { GL_NOTIFICATION_CONTINUE, GL_NOTIFICATION_HANDLED };

enum CACHE_OPERATION : int {};
enum HTTP_CONTEXT_INTERFACE_VERSION : int {};
enum HTTP_SERVER_INTERFACE_VERSION : int { HTTP_SERVER_INTERFACE_V2 = 0 };

// What a module asks to be told of.
constexpr DWORD RQ_MAP_REQUEST_HANDLER = 0x00000010;
constexpr DWORD RQ_EXECUTE_REQUEST_HANDLER = 0x00000080;
constexpr DWORD RQ_SEND_RESPONSE = 0x20000000;
constexpr DWORD GL_STOP_LISTENING = 0x00000002;
constexpr DWORD GL_CONFIGURATION_CHANGE = 0x00000040;
constexpr DWORD GL_APPLICATION_START = 0x00000200;
constexpr DWORD GL_APPLICATION_STOP = 0x00000800;
constexpr DWORD GL_APPLICATION_PRELOAD = 0x00010000;  // IIS 7.5 and later

class IAuthenticationProvider;
class ICacheProvider;
class ICustomNotificationProvider;
class IDispensedHttpModuleContextContainer;
class IGlobalFileChangeProvider;
class IGlobalRSCAQueryProvider;
class IGlobalSuspendProcessCallback;
class IGlobalThreadCleanupProvider;
class IGlobalTraceEventProvider;
class IHttpApplicationResolveModulesProvider;
class IHttpCacheKey;
class IHttpCacheSpecificData;
class IHttpFileInfo;
class IHttpFileMonitor;
class IHttpPerfCounterInfo;
class IHttpTokenEntry;
class IHttpTraceContext;
class IHttpUrlInfo;
class INamedContextContainer;
class IWorkerProcessFramework;
class IReferencedMetadataInfo;
class IMapPathProvider;
class IPreBeginRequestProvider;
class IReadEntityProvider;
class IWpfSettings;
class CHttpModule;
class IHttpCompletionInfo2;
class IHttpContext3;
class IHttpEventProvider;
class IHttpModuleRegistrationInfo;
class IHttpServer;
struct IAppHostAdminManager;
struct IAppHostConfigException;

/// Microsoft's compiler puts overloads of one name into slots in the reverse of the order in which they are declared,
/// all others in that order. `first` and `second` are given in the order of their slots. A using-declaration counts as
/// the first of its name, so that those stand last in their classes.
#ifdef _MSC_VER
#define ZOO_OVERLOADS(first, second) \
  second;                            \
  first;
#else
#define ZOO_OVERLOADS(first, second) \
  first;                             \
  second;
#endif

/// How an operation with a callback of its own ends (IIS 8 and later). Any thread; RQ_NOTIFICATION_PENDING leaves the
/// request as it is.
using PFN_ASYNC_COMPLETION = REQUEST_NOTIFICATION_STATUS(WINAPI*)(IHttpContext3*, IHttpCompletionInfo2*, void*);

/// What a module keeps in a container of IIS; IIS calls CleanupStoredContext() instead of deleting it.
class IHttpStoredContext {
 public:
  virtual void CleanupStoredContext() = 0;

 protected:
  ~IHttpStoredContext() = default;
};

/// One slot for each module, keyed by its id.
class IHttpModuleContextContainer {
 public:
  virtual IHttpStoredContext* GetModuleContext(HTTP_MODULE_ID) = 0;
  virtual HRESULT SetModuleContext(IHttpStoredContext*, HTTP_MODULE_ID) = 0;

 protected:
  ~IHttpModuleContextContainer() = default;
};

class IHttpApplication {
 public:
  virtual PCWSTR GetApplicationPhysicalPath() const = 0;
  virtual PCWSTR GetApplicationId() const = 0;
  virtual PCWSTR GetAppConfigPath() const = 0;
  virtual IHttpModuleContextContainer* GetModuleContextContainer() = 0;

 protected:
  ~IHttpApplication() = default;
};

/// The handler (`<add>` of `<handlers>`) that IIS has chosen.
class IScriptMapInfo {
 public:
  virtual PCWSTR GetPath() const = 0;
  virtual PCSTR GetAllowedVerbs() const = 0;
  virtual PCWSTR GetModules(DWORD*) const = 0;
  virtual PCWSTR GetScriptProcessor(DWORD*) const = 0;
  virtual PCWSTR GetManagedType(DWORD*) const = 0;
  virtual BOOL GetAllowPathInfoForScriptMappings() const = 0;
  virtual DWORD GetRequiredAccess() const = 0;
  virtual DWORD GetResourceType() const = 0;
  virtual BOOL GetIsStarScriptMap() const = 0;
  virtual DWORD GetResponseBufferLimit() const = 0;
  virtual PCWSTR GetName() const = 0;

 protected:
  ~IScriptMapInfo() = default;
};

/// Where the URL stands in the configuration: "MACHINE/WEBROOT/APPHOST/site/folder".
class IMetadataInfo {
 public:
  virtual PCWSTR GetMetaPath() const = 0;
  virtual PCWSTR GetVrPath() const = 0;
  virtual IHttpTokenEntry* GetVrToken() = 0;
  virtual IHttpModuleContextContainer* GetModuleContextContainer() = 0;

 protected:
  ~IMetadataInfo() = default;
};

/// One operation of the request and its response may be outstanding at a time (IIS 7).
class IHttpRequest {
 public:
  ZOO_OVERLOADS(virtual const HTTP_REQUEST* GetRawHttpRequest() const = 0,
                virtual HTTP_REQUEST* GetRawHttpRequest() = 0)
  ZOO_OVERLOADS(virtual PCSTR GetHeader(HTTP_HEADER_ID, USHORT*) const = 0,
                virtual PCSTR GetHeader(PCSTR, USHORT*) const = 0)
  ZOO_OVERLOADS(virtual HRESULT SetHeader(HTTP_HEADER_ID, PCSTR, USHORT, BOOL) = 0,
                virtual HRESULT SetHeader(PCSTR, PCSTR, USHORT, BOOL) = 0)
  ZOO_OVERLOADS(virtual HRESULT DeleteHeader(HTTP_HEADER_ID) = 0, virtual HRESULT DeleteHeader(PCSTR) = 0)
  virtual PCSTR GetHttpMethod() const = 0;
  virtual HRESULT SetHttpMethod(PCSTR) = 0;
  ZOO_OVERLOADS(virtual HRESULT SetUrl(PCSTR, DWORD, BOOL) = 0, virtual HRESULT SetUrl(PCWSTR, DWORD, BOOL) = 0)
  virtual BOOL GetUrlChanged() const = 0;
  virtual PCWSTR GetForwardedUrl() const = 0;
  virtual PSOCKADDR GetLocalAddress() const = 0;
  virtual PSOCKADDR GetRemoteAddress() const = 0;
  virtual HRESULT ReadEntityBody(void*, DWORD, BOOL, DWORD*, BOOL*) = 0;
  virtual HRESULT InsertEntityBody(void*, DWORD) = 0;
  virtual DWORD GetRemainingEntityBytes() = 0;
  virtual void GetHttpVersion(USHORT*, USHORT*) const = 0;
  virtual HRESULT GetClientCertificate(HTTP_SSL_CLIENT_CERT_INFO**, BOOL*) = 0;
  virtual HRESULT NegotiateClientCertificate(BOOL, BOOL*) = 0;
  virtual DWORD GetSiteId() const = 0;
  virtual HRESULT GetHeaderChanges(DWORD, DWORD*, PCSTR*, DWORD*, PCSTR**, PCSTR**, DWORD*, DWORD*, DWORD**) = 0;

 protected:
  ~IHttpRequest() = default;
};

/// IIS 7.5 and later.
class IHttpRequest2 : public IHttpRequest {
 public:
  virtual HRESULT GetChannelBindingToken(PBYTE*, DWORD*) = 0;

 protected:
  ~IHttpRequest2() = default;
};

/// IIS 8 and later. A read with a callback may be outstanding while a write is, if the context is in full duplex.
class IHttpRequest3 : public IHttpRequest2 {
 public:
  virtual HRESULT ReadEntityBody(void*, DWORD, BOOL, PFN_ASYNC_COMPLETION, void*, DWORD*, BOOL*) = 0;
  using IHttpRequest2::ReadEntityBody;

 protected:
  ~IHttpRequest3() = default;
};

/// Whether and how a response is cached: in http.sys (kernel) and in the worker process (user).
class IHttpCachePolicy {
 public:
  virtual HTTP_CACHE_POLICY* GetKernelCachePolicy() = 0;
  virtual void SetKernelCacheInvalidatorSet() = 0;
  virtual HTTP_CACHE_POLICY* GetUserCachePolicy() = 0;
  virtual HRESULT AppendVaryByHeader(PCSTR) = 0;
  virtual PCSTR GetVaryByHeaders() const = 0;
  virtual HRESULT AppendVaryByQueryString(PCSTR) = 0;
  virtual PCSTR GetVaryByQueryStrings() const = 0;
  virtual HRESULT SetVaryByValue(PCSTR) = 0;
  virtual PCSTR GetVaryByValue() const = 0;
  virtual BOOL IsUserCacheEnabled() const = 0;
  virtual void DisableUserCache() = 0;
  virtual BOOL IsCached() const = 0;
  virtual void SetIsCached() = 0;
  virtual BOOL GetKernelCacheInvalidatorSet() const = 0;

 protected:
  ~IHttpCachePolicy() = default;
};

/// Memory that is given to WriteEntityChunks() must live until the operation has completed.
class IHttpResponse {
 public:
  ZOO_OVERLOADS(virtual const HTTP_RESPONSE* GetRawHttpResponse() const = 0,
                virtual HTTP_RESPONSE* GetRawHttpResponse() = 0)
  virtual IHttpCachePolicy* GetCachePolicy() = 0;
  virtual HRESULT SetStatus(USHORT, PCSTR, USHORT, HRESULT, IAppHostConfigException*, BOOL) = 0;
  ZOO_OVERLOADS(virtual HRESULT SetHeader(HTTP_HEADER_ID, PCSTR, USHORT, BOOL) = 0,
                virtual HRESULT SetHeader(PCSTR, PCSTR, USHORT, BOOL) = 0)
  ZOO_OVERLOADS(virtual HRESULT DeleteHeader(HTTP_HEADER_ID) = 0, virtual HRESULT DeleteHeader(PCSTR) = 0)
  ZOO_OVERLOADS(virtual PCSTR GetHeader(HTTP_HEADER_ID, USHORT*) const = 0,
                virtual PCSTR GetHeader(PCSTR, USHORT*) const = 0)
  virtual void Clear() = 0;
  virtual void ClearHeaders() = 0;
  virtual void SetNeedDisconnect() = 0;
  virtual void ResetConnection() = 0;
  virtual void DisableKernelCache(ULONG) = 0;
  virtual BOOL GetKernelCacheEnabled() const = 0;
  virtual void SuppressHeaders() = 0;
  virtual BOOL GetHeadersSuppressed() const = 0;
  virtual HRESULT Flush(BOOL, BOOL, DWORD*, BOOL*) = 0;
  virtual HRESULT Redirect(PCSTR, BOOL, BOOL) = 0;
  virtual HRESULT WriteEntityChunkByReference(HTTP_DATA_CHUNK*, LONG) = 0;
  virtual HRESULT WriteEntityChunks(HTTP_DATA_CHUNK*, DWORD, BOOL, BOOL, DWORD*, BOOL*) = 0;
  virtual void DisableBuffering() = 0;
  virtual void GetStatus(USHORT*, USHORT*, PCSTR*, USHORT*, HRESULT*, PCWSTR*, DWORD*, IAppHostConfigException**,
                         BOOL*) = 0;
  virtual HRESULT SetErrorDescription(PCWSTR, DWORD, BOOL) = 0;
  virtual PCWSTR GetErrorDescription(DWORD*) = 0;
  virtual HRESULT GetHeaderChanges(DWORD, DWORD*, PCSTR*, DWORD*, PCSTR**, PCSTR**, DWORD*, DWORD*, DWORD**) = 0;
  virtual void CloseConnection() = 0;

 protected:
  ~IHttpResponse() = default;
};

/// IIS 8 and later.
class IHttpResponse2 : public IHttpResponse {
 public:
  virtual HRESULT WriteEntityChunks(HTTP_DATA_CHUNK*, DWORD, BOOL, BOOL, PFN_ASYNC_COMPLETION, void*, DWORD*,
                                    BOOL*) = 0;
  virtual HRESULT Flush(BOOL, BOOL, PFN_ASYNC_COMPLETION, void*, DWORD*, BOOL*) = 0;
  using IHttpResponse::Flush;
  using IHttpResponse::WriteEntityChunks;

 protected:
  ~IHttpResponse2() = default;
};

class IHttpUser {
 public:
  virtual PCWSTR GetRemoteUserName() = 0;
  virtual PCWSTR GetUserName() = 0;
  virtual PCWSTR GetAuthenticationType() = 0;
  virtual PCWSTR GetPassword() = 0;
  virtual HANDLE GetImpersonationToken() = 0;
  virtual HANDLE GetPrimaryToken() = 0;
  virtual void ReferenceUser() = 0;
  virtual void DereferenceUser() = 0;
  virtual BOOL SupportsIsInRole() = 0;
  virtual HRESULT IsInRole(PCWSTR, BOOL*) = 0;
  virtual PVOID GetUserVariable(PCSTR) = 0;

 protected:
  ~IHttpUser() = default;
};

class IHttpConnectionStoredContext : public IHttpStoredContext {
 public:
  virtual void NotifyDisconnect() = 0;

 protected:
  ~IHttpConnectionStoredContext() = default;
};

/// IIS 7.5 and later; in IIS 7.0 the last two slots are not there.
class IHttpConnectionModuleContextContainer : public IHttpModuleContextContainer {
 public:
  virtual IHttpConnectionStoredContext* GetConnectionModuleContext(HTTP_MODULE_ID) = 0;
  virtual HRESULT SetConnectionModuleContext(IHttpConnectionStoredContext*, HTTP_MODULE_ID) = 0;

 protected:
  ~IHttpConnectionModuleContextContainer() = default;
};

class IHttpConnection {
 public:
  virtual BOOL IsConnected() const = 0;
  virtual void* AllocateMemory(DWORD) = 0;
  virtual IHttpConnectionModuleContextContainer* GetModuleContextContainer() = 0;

 protected:
  ~IHttpConnection() = default;
};

class IHttpSite {
 public:
  virtual DWORD GetSiteId() const = 0;
  virtual PCWSTR GetSiteName() const = 0;
  virtual IHttpModuleContextContainer* GetModuleContextContainer() = 0;
  virtual IHttpPerfCounterInfo* GetPerfCounterInfo() = 0;

 protected:
  ~IHttpSite() = default;
};

/// One request. PostCompletion() may be called on any thread, all else in notifications only.
class IHttpContext {
 public:
  virtual IHttpSite* GetSite() = 0;
  virtual IHttpApplication* GetApplication() = 0;
  virtual IHttpConnection* GetConnection() = 0;
  virtual IHttpRequest* GetRequest() = 0;
  virtual IHttpResponse* GetResponse() = 0;
  virtual BOOL GetResponseHeadersSent() const = 0;
  virtual IHttpUser* GetUser() const = 0;
  virtual IHttpModuleContextContainer* GetModuleContextContainer() = 0;
  virtual void IndicateCompletion(REQUEST_NOTIFICATION_STATUS) = 0;
  virtual HRESULT PostCompletion(DWORD) = 0;
  virtual void DisableNotifications(DWORD, DWORD) = 0;
  virtual BOOL GetNextNotification(REQUEST_NOTIFICATION_STATUS, DWORD*, BOOL*, CHttpModule**, IHttpEventProvider**) = 0;
  virtual BOOL GetIsLastNotification(REQUEST_NOTIFICATION_STATUS) = 0;
  virtual HRESULT ExecuteRequest(BOOL, IHttpContext*, DWORD, IHttpUser*, BOOL*) = 0;
  virtual DWORD GetExecuteFlags() const = 0;
  ZOO_OVERLOADS(virtual HRESULT GetServerVariable(PCSTR, PCSTR*, DWORD*) = 0,
                virtual HRESULT GetServerVariable(PCSTR, PCWSTR*, DWORD*) = 0)
  virtual HRESULT SetServerVariable(PCSTR, PCWSTR) = 0;
  virtual void* AllocateRequestMemory(DWORD) = 0;
  virtual IHttpUrlInfo* GetUrlInfo() = 0;
  virtual IMetadataInfo* GetMetadata() = 0;
  virtual PCWSTR GetPhysicalPath(DWORD*) = 0;
  virtual PCWSTR GetScriptName(DWORD*) const = 0;
  virtual PCWSTR GetScriptTranslated(DWORD*) = 0;
  virtual IScriptMapInfo* GetScriptMap() const = 0;
  virtual void SetRequestHandled() = 0;
  virtual IHttpFileInfo* GetFileInfo() const = 0;
  virtual HRESULT MapPath(PCWSTR, PWSTR, DWORD*) = 0;
  virtual HRESULT NotifyCustomNotification(ICustomNotificationProvider*, BOOL*) = 0;
  virtual IHttpContext* GetParentContext() const = 0;
  virtual IHttpContext* GetRootContext() const = 0;
  virtual HRESULT CloneContext(DWORD, IHttpContext**) = 0;
  virtual HRESULT ReleaseClonedContext() = 0;
  virtual HRESULT GetCurrentExecutionStats(DWORD*, DWORD*, PCWSTR*, DWORD*, DWORD*, DWORD*) const = 0;
  virtual IHttpTraceContext* GetTraceContext() const = 0;
  virtual HRESULT GetServerVarChanges(DWORD, DWORD*, DWORD*, PCSTR**, PCWSTR**, DWORD*, DWORD**) = 0;
  virtual HRESULT CancelIo() = 0;
  virtual HRESULT MapHandler(DWORD, PCWSTR, PCWSTR, PCSTR, IScriptMapInfo**, BOOL) = 0;
  virtual HRESULT GetExtendedInterface(HTTP_CONTEXT_INTERFACE_VERSION, PVOID*) = 0;

 protected:
  ~IHttpContext() = default;
};

/// IIS 7.5 and later.
class IHttpContext2 : public IHttpContext {
 public:
  virtual IHttpUser* GetOriginalUser() const = 0;

 protected:
  ~IHttpContext2() = default;
};

/// IIS 8 and later. EnableFullDuplex() allows one read and one write at a time, each with a callback of its own, to be
/// begun on any thread.
class IHttpContext3 : public IHttpContext2 {
 public:
  virtual INamedContextContainer* GetNamedContextContainer() = 0;
  virtual void EnableFullDuplex() = 0;
  virtual HRESULT InheritServerVariable(PCSTR, BOOL) = 0;
  virtual HRESULT PostCompletion(DWORD, LPOVERLAPPED_COMPLETION_ROUTINE, void*) = 0;
  using IHttpContext2::PostCompletion;

 protected:
  ~IHttpContext3() = default;
};

class IHttpServer {
 public:
  virtual BOOL IsCommandLineLaunch() const = 0;
  virtual PCWSTR GetAppPoolName() const = 0;
  virtual HRESULT AssociateWithThreadPool(HANDLE, LPOVERLAPPED_COMPLETION_ROUTINE) = 0;
  virtual void IncrementThreadCount() = 0;
  virtual void DecrementThreadCount() = 0;
  virtual void ReportUnhealthy(PCWSTR, HRESULT) = 0;
  virtual void RecycleProcess(PCWSTR) = 0;
  virtual IAppHostAdminManager* GetAdminManager() const = 0;
  virtual HRESULT GetFileInfo(PCWSTR, HANDLE, PSID, PCWSTR, HANDLE, BOOL, IHttpFileInfo**, IHttpTraceContext*) = 0;
  virtual HRESULT FlushKernelCache(PCWSTR) = 0;
  virtual HRESULT DoCacheOperation(CACHE_OPERATION, IHttpCacheKey*, IHttpCacheSpecificData**, IHttpTraceContext*) = 0;
  virtual GLOBAL_NOTIFICATION_STATUS NotifyCustomNotification(ICustomNotificationProvider*) = 0;
  virtual IHttpPerfCounterInfo* GetPerfCounterInfo() = 0;
  virtual void RecycleApplication(PCWSTR) = 0;
  virtual void NotifyConfigurationChange(PCWSTR) = 0;
  virtual void NotifyFileChange(PCWSTR) = 0;
  virtual IDispensedHttpModuleContextContainer* DispenseContainer() = 0;
  virtual HRESULT AddFragmentToCache(HTTP_DATA_CHUNK*, PCWSTR) = 0;
  virtual HRESULT ReadFragmentFromCache(PCWSTR, BYTE*, DWORD, DWORD*) = 0;
  virtual HRESULT RemoveFragmentFromCache(PCWSTR) = 0;
  virtual HRESULT GetWorkerProcessSettings(IWpfSettings**) = 0;
  virtual HRESULT GetProtocolManagerCustomInterface(PCWSTR, PCWSTR, DWORD, PVOID*) = 0;
  virtual BOOL SatisfiesPrecondition(PCWSTR, BOOL*) const = 0;
  virtual IHttpTraceContext* GetTraceContext() const = 0;
  virtual HRESULT RegisterFileChangeMonitor(PCWSTR, HANDLE, IHttpFileMonitor**) = 0;
  virtual HRESULT GetExtendedInterface(HTTP_SERVER_INTERFACE_VERSION, PVOID*) = 0;

 protected:
  ~IHttpServer() = default;
};

/// IIS 7.5 and later, by IHttpServer::GetExtendedInterface(HTTP_SERVER_INTERFACE_V2). Its own GetExtendedInterface()
/// turns an object of the type that the first GUID names into the type that the second one names, or fails where this
/// IIS does not know that.
class IHttpServer2 : public IHttpServer {
 public:
  virtual HRESULT GetToken(PCWSTR, PCWSTR, DWORD, IHttpTokenEntry**, PCWSTR, PSOCKADDR, IHttpTraceContext*) = 0;
  virtual PCWSTR GetAppPoolConfigFile(DWORD*) const = 0;
  virtual HRESULT GetExtendedInterface(const GUID&, PVOID, const GUID&, PVOID*) = 0;
  virtual HRESULT GetMetadata(PCWSTR, PCWSTR, IReferencedMetadataInfo**) = 0;
  virtual HRESULT GetWorkerProcessFramework(IWorkerProcessFramework**) = 0;
  using IHttpServer::GetExtendedInterface;

 protected:
  ~IHttpServer2() = default;
};

class IHttpEventProvider {
 public:
  virtual void SetErrorStatus(HRESULT) = 0;

 protected:
  ~IHttpEventProvider() = default;
};

class IHttpCompletionInfo {
 public:
  virtual DWORD GetCompletionBytes() const = 0;
  virtual HRESULT GetCompletionStatus() const = 0;

 protected:
  ~IHttpCompletionInfo() = default;
};

/// IIS 8 and later.
class IHttpCompletionInfo2 : public IHttpCompletionInfo {
 public:
  virtual DWORD GetCompletedOperation() const = 0;

 protected:
  ~IHttpCompletionInfo2() = default;
};

class IHttpApplicationProvider : public IHttpEventProvider {
 public:
  virtual IHttpApplication* GetApplication() = 0;

 protected:
  ~IHttpApplicationProvider() = default;
};

class IHttpApplicationStartProvider : public IHttpApplicationProvider {
 protected:
  ~IHttpApplicationStartProvider() = default;
};

class IHttpApplicationStopProvider : public IHttpApplicationProvider {
 protected:
  ~IHttpApplicationStopProvider() = default;
};

class IGlobalStopListeningProvider : public IHttpEventProvider {
 public:
  virtual BOOL DrainRequestsGracefully() const = 0;

 protected:
  ~IGlobalStopListeningProvider() = default;
};

/// An application with preloadEnabled="true" is to be made ready before its first request. The context has no
/// connection; whoever has created it ends it by ReleaseClonedContext().
class IGlobalApplicationPreloadProvider : public IHttpEventProvider {
 public:
  virtual HRESULT CreateContext(IHttpContext**) = 0;
  virtual HRESULT ExecuteRequest(IHttpContext*, IHttpUser*) = 0;

 protected:
  ~IGlobalApplicationPreloadProvider() = default;
};

class IGlobalConfigurationChangeProvider : public IHttpEventProvider {
 public:
  virtual PCWSTR GetChangePath() const = 0;

 protected:
  ~IGlobalConfigurationChangeProvider() = default;
};

class IMapHandlerProvider : public IHttpEventProvider {
 public:
  virtual HRESULT SetScriptName(PCWSTR, DWORD) = 0;
  virtual void SetScriptMap(IScriptMapInfo*) = 0;
  virtual void SetFileInfo(IHttpFileInfo*) = 0;

 protected:
  ~IMapHandlerProvider() = default;
};

class ISendResponseProvider : public IHttpEventProvider {
 public:
  virtual BOOL GetHeadersBeingSent() const = 0;
  virtual DWORD GetFlags() const = 0;
  virtual void SetFlags(DWORD) = 0;
  virtual HTTP_LOG_DATA* GetLogData() const = 0;
  virtual HRESULT SetLogData(HTTP_LOG_DATA*) = 0;
  virtual BOOL GetReadyToLogData() const = 0;

 protected:
  ~ISendResponseProvider() = default;
};

/// One for each request. The destructor comes last because IIS knows its slot in no other place and never calls it.
class CHttpModule {
 public:
  virtual REQUEST_NOTIFICATION_STATUS OnBeginRequest(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostBeginRequest(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnAuthenticateRequest(IHttpContext*, IAuthenticationProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostAuthenticateRequest(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnAuthorizeRequest(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostAuthorizeRequest(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnResolveRequestCache(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostResolveRequestCache(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnMapRequestHandler(IHttpContext*, IMapHandlerProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostMapRequestHandler(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnAcquireRequestState(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostAcquireRequestState(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPreExecuteRequestHandler(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostPreExecuteRequestHandler(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnExecuteRequestHandler(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostExecuteRequestHandler(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnReleaseRequestState(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostReleaseRequestState(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnUpdateRequestCache(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostUpdateRequestCache(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnLogRequest(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostLogRequest(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnEndRequest(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnPostEndRequest(IHttpContext*, IHttpEventProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnSendResponse(IHttpContext*, ISendResponseProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnMapPath(IHttpContext*, IMapPathProvider*) { return RQ_NOTIFICATION_CONTINUE; }
  virtual REQUEST_NOTIFICATION_STATUS OnReadEntity(IHttpContext*, IReadEntityProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnCustomRequestNotification(IHttpContext*, ICustomNotificationProvider*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual REQUEST_NOTIFICATION_STATUS OnAsyncCompletion(IHttpContext*, DWORD, BOOL, IHttpEventProvider*,
                                                        IHttpCompletionInfo*) {
    return RQ_NOTIFICATION_CONTINUE;
  }
  virtual void Dispose() { delete this; }

 protected:
  CHttpModule() = default;
  virtual ~CHttpModule() = default;
};

/// OnGlobalApplicationPreload and OnSuspendProcess came with later versions; IIS only calls what was registered for.
class CGlobalModule {
 public:
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalStopListening(IGlobalStopListeningProvider*) {
    return GL_NOTIFICATION_CONTINUE;
  }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalCacheCleanup() { return GL_NOTIFICATION_CONTINUE; }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalCacheOperation(ICacheProvider*) { return GL_NOTIFICATION_CONTINUE; }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalHealthCheck() { return GL_NOTIFICATION_CONTINUE; }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalConfigurationChange(IGlobalConfigurationChangeProvider*) {
    return GL_NOTIFICATION_CONTINUE;
  }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalFileChange(IGlobalFileChangeProvider*) { return GL_NOTIFICATION_CONTINUE; }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalPreBeginRequest(IPreBeginRequestProvider*) {
    return GL_NOTIFICATION_CONTINUE;
  }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalApplicationStart(IHttpApplicationStartProvider*) {
    return GL_NOTIFICATION_CONTINUE;
  }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalApplicationResolveModules(IHttpApplicationResolveModulesProvider*) {
    return GL_NOTIFICATION_CONTINUE;
  }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalApplicationStop(IHttpApplicationStopProvider*) {
    return GL_NOTIFICATION_CONTINUE;
  }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalRSCAQuery(IGlobalRSCAQueryProvider*) { return GL_NOTIFICATION_CONTINUE; }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalTraceEvent(IGlobalTraceEventProvider*) { return GL_NOTIFICATION_CONTINUE; }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalCustomNotification(ICustomNotificationProvider*) {
    return GL_NOTIFICATION_CONTINUE;
  }
  virtual void Terminate() = 0;
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalThreadCleanup(IGlobalThreadCleanupProvider*) {
    return GL_NOTIFICATION_CONTINUE;
  }
  virtual GLOBAL_NOTIFICATION_STATUS OnGlobalApplicationPreload(IGlobalApplicationPreloadProvider*) {
    return GL_NOTIFICATION_CONTINUE;
  }
  virtual GLOBAL_NOTIFICATION_STATUS OnSuspendProcess(IGlobalSuspendProcessCallback**) {
    return GL_NOTIFICATION_CONTINUE;
  }

 protected:
  ~CGlobalModule() = default;
};

class IModuleAllocator {
 public:
  virtual void* AllocateMemory(DWORD) = 0;

 protected:
  ~IModuleAllocator() = default;
};

class IHttpModuleFactory {
 public:
  virtual HRESULT GetHttpModule(CHttpModule**, IModuleAllocator*) = 0;
  virtual void Terminate() = 0;

 protected:
  ~IHttpModuleFactory() = default;
};

class IHttpModuleRegistrationInfo {
 public:
  virtual PCWSTR GetName() const = 0;
  virtual HTTP_MODULE_ID GetId() const = 0;
  virtual HRESULT SetRequestNotifications(IHttpModuleFactory*, DWORD, DWORD) = 0;
  virtual HRESULT SetGlobalNotifications(CGlobalModule*, DWORD) = 0;
  virtual HRESULT SetPriorityForRequestNotification(DWORD, PCWSTR) = 0;
  virtual HRESULT SetPriorityForGlobalNotification(DWORD, PCWSTR) = 0;

 protected:
  ~IHttpModuleRegistrationInfo() = default;
};

#undef ZOO_OVERLOADS

/// The identities of interfaces for IHttpServer2::GetExtendedInterface(), as published.
constexpr GUID kIidHttpContext = {0x424c1b8c, 0xa1ba, 0x44d7, {0xac, 0x98, 0x9f, 0x8f, 0x45, 0x77, 0x01, 0xa5}};
constexpr GUID kIidHttpContext3 = {0xbf53c022, 0xca4b, 0x4349, {0xa3, 0x8e, 0xa4, 0xb7, 0x8a, 0xd8, 0x97, 0xfb}};
constexpr GUID kIidHttpRequest = {0xe8698f7e, 0x576e, 0x4cac, {0xa3, 0x09, 0x67, 0x43, 0x53, 0x55, 0xfa, 0xef}};
constexpr GUID kIidHttpRequest3 = {0xb32e4e0f, 0x4057, 0x4feb, {0xae, 0xab, 0x7b, 0x69, 0xc0, 0x3c, 0x63, 0x14}};
constexpr GUID kIidHttpResponse = {0x7e1c6b38, 0x628f, 0x4e6c, {0x95, 0xdc, 0x41, 0x23, 0x7e, 0xb7, 0xf9, 0x5e}};
constexpr GUID kIidHttpResponse2 = {0x0822c871, 0xf14e, 0x4974, {0xa1, 0xe6, 0x5b, 0x3c, 0x1f, 0x09, 0xb7, 0x6a}};

/// What a module DLL exports as "RegisterModule". `server_version` is MAKELONG(minor, major). A failure keeps the
/// worker process from serving anything.
using PFN_REGISTERMODULE = HRESULT(WINAPI*)(DWORD server_version, IHttpModuleRegistrationInfo* info,
                                            IHttpServer* server);
