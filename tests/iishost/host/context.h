// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "module/iis/httpserv.h"
#include "tests/iishost/host/completion_queue.h"
#include "tests/iishost/host/config.h"
#include "tests/iishost/host/loaded_module.h"
#include "tests/iishost/host/locks.h"
#include "tests/iishost/host/options.h"
#include "tests/iishost/host/socket_stream.h"
#include "tests/iishost/host/visitor.h"

/// One request as modules see it: IHttpContext and what it leads to.
namespace iishost {

template <typename Interface, typename Stored>
class ContextMap : public Interface {
 public:
  ContextMap() = default;
  ContextMap(const ContextMap&) = delete;
  ContextMap& operator=(const ContextMap&) = delete;
  virtual ~ContextMap() {
    const AsVisitor visitor;
    for (const auto& [id, stored] : contexts_) stored->CleanupStoredContext();
  }
  IHttpStoredContext* GetModuleContext(HTTP_MODULE_ID id) override { return find(id); }
  HRESULT SetModuleContext(IHttpStoredContext* stored, HTTP_MODULE_ID id) override {
    return set(static_cast<Stored*>(stored), id);
  }

 protected:
  Stored* find(HTTP_MODULE_ID id) {
    const std::lock_guard lock(mutex_);
    const auto found = contexts_.find(id);
    return found == contexts_.end() ? nullptr : found->second;
  }
  HRESULT set(Stored* stored, HTTP_MODULE_ID id) {
    const std::lock_guard lock(mutex_);
    return contexts_.emplace(id, stored).second ? S_OK : HRESULT_FROM_WIN32(ERROR_ALREADY_ASSIGNED);
  }

  Mutex mutex_;
  std::map<HTTP_MODULE_ID, Stored*> contexts_;
};

using ModuleContexts = ContextMap<IHttpModuleContextContainer, IHttpStoredContext>;

class ConnectionContexts final
    : public ContextMap<IHttpConnectionModuleContextContainer, IHttpConnectionStoredContext> {
 public:
  IHttpConnectionStoredContext* GetConnectionModuleContext(HTTP_MODULE_ID id) override { return find(id); }
  HRESULT SetConnectionModuleContext(IHttpConnectionStoredContext* stored, HTTP_MODULE_ID id) override {
    return set(stored, id);
  }
  void notify_disconnect() {
    const AsVisitor visitor;
    for (const auto& [id, stored] : contexts_) stored->NotifyDisconnect();
  }
};

class Connection final : public IHttpConnection {
 public:
  explicit Connection(SOCKET socket) : stream(socket) {}

  BOOL IsConnected() const override { return connected ? TRUE : FALSE; }
  void* AllocateMemory(DWORD size) override { return memory_.emplace_back(new char[size]).get(); }
  IHttpConnectionModuleContextContainer* GetModuleContextContainer() override { return &contexts; }

  /// Modules that have used the connection stay loaded as long as it is there: what they have stored is theirs.
  void keep(std::shared_ptr<const void> user) {
    if (users_.empty() || users_.back() != user) users_.push_back(std::move(user));
  }

 private:
  std::vector<std::shared_ptr<const void>> users_;  // goes last

 public:
  SocketStream stream;
  ConnectionContexts contexts;
  std::atomic<bool> connected{true};

 private:
  std::vector<std::unique_ptr<char[]>> memory_;
};

class Application final : public IHttpApplication {
 public:
  Application(const SiteInfo& site, const SiteApp& application);

  PCWSTR GetApplicationPhysicalPath() const override { return folder_.c_str(); }
  PCWSTR GetApplicationId() const override { return id_.c_str(); }
  PCWSTR GetAppConfigPath() const override { return config_path_.c_str(); }
  IHttpModuleContextContainer* GetModuleContextContainer() override { return &contexts_; }

  const std::wstring& folder() const { return folder_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::wstring folder_;
  std::wstring id_;
  std::wstring config_path_;
  ModuleContexts contexts_;
};

class Site final : public IHttpSite {
 public:
  explicit Site(const SiteInfo& info);

  DWORD GetSiteId() const override { return id_; }
  PCWSTR GetSiteName() const override { return name_.c_str(); }
  IHttpModuleContextContainer* GetModuleContextContainer() override { return &contexts_; }
  IHttpPerfCounterInfo* GetPerfCounterInfo() override { return nullptr; }

 private:
  DWORD id_;
  std::wstring name_;
  ModuleContexts contexts_;
};

/// The handler that was chosen.
class ScriptMap final : public IScriptMapInfo {
 public:
  explicit ScriptMap(const ConfigNode& handler);

  PCWSTR GetPath() const override { return path_.c_str(); }
  PCSTR GetAllowedVerbs() const override { return verb_.c_str(); }
  PCWSTR GetModules(DWORD* length) const override { return give(modules_, length); }
  PCWSTR GetScriptProcessor(DWORD* length) const override { return give(processor_, length); }
  PCWSTR GetManagedType(DWORD* length) const override { return give(none_, length); }
  BOOL GetAllowPathInfoForScriptMappings() const override { return FALSE; }
  DWORD GetRequiredAccess() const override { return 0; }
  DWORD GetResourceType() const override { return 0; }
  BOOL GetIsStarScriptMap() const override { return path_ == L"*" ? TRUE : FALSE; }
  DWORD GetResponseBufferLimit() const override { return 4194304; }
  PCWSTR GetName() const override { return name_.c_str(); }

 private:
  static PCWSTR give(const std::wstring& text, DWORD* length);

  std::wstring name_, path_, modules_, processor_, none_;
  std::string verb_;
};

/// What a request has parsed from its head.
struct ParsedHead {
  std::string method, target, path, query, host;  // path is decoded
  unsigned minor_version = 1;
  std::vector<std::pair<std::string, std::string>> fields;
  bool keep_alive = true;
  bool chunked = false;
  std::uint64_t content_length = 0;
};
bool parse_head(const std::string& text, ParsedHead& head);

class Context;

class Request final : public IHttpRequest3 {
 public:
  Request(Context& context, ParsedHead head, const Faults& faults);

  const HTTP_REQUEST* GetRawHttpRequest() const override { return &raw_; }
  HTTP_REQUEST* GetRawHttpRequest() override { return &raw_; }
  PCSTR GetHeader(HTTP_HEADER_ID id, USHORT* length) const override;
  PCSTR GetHeader(PCSTR name, USHORT* length) const override;
  HRESULT SetHeader(HTTP_HEADER_ID id, PCSTR value, USHORT length, BOOL replace) override;
  HRESULT SetHeader(PCSTR name, PCSTR value, USHORT length, BOOL replace) override;
  HRESULT DeleteHeader(HTTP_HEADER_ID id) override;
  HRESULT DeleteHeader(PCSTR name) override;
  PCSTR GetHttpMethod() const override { return head_.method.c_str(); }
  HRESULT SetHttpMethod(PCSTR method) override;
  HRESULT SetUrl(PCSTR url, DWORD length, BOOL reset_query) override;
  HRESULT SetUrl(PCWSTR url, DWORD length, BOOL reset_query) override;
  BOOL GetUrlChanged() const override { return changed_ ? TRUE : FALSE; }
  PCWSTR GetForwardedUrl() const override { return nullptr; }
  PSOCKADDR GetLocalAddress() const override { return nullptr; }
  PSOCKADDR GetRemoteAddress() const override { return nullptr; }
  HRESULT ReadEntityBody(void* buffer, DWORD size, BOOL async, DWORD* received, BOOL* pending) override;
  HRESULT InsertEntityBody(void*, DWORD) override { return E_NOTIMPL; }
  DWORD GetRemainingEntityBytes() override;
  void GetHttpVersion(USHORT* major, USHORT* minor) const override;
  HRESULT GetClientCertificate(HTTP_SSL_CLIENT_CERT_INFO** certificate, BOOL* negotiated) override;
  HRESULT NegotiateClientCertificate(BOOL, BOOL*) override { return E_NOTIMPL; }
  DWORD GetSiteId() const override;
  HRESULT GetHeaderChanges(DWORD, DWORD*, PCSTR*, DWORD*, PCSTR**, PCSTR**, DWORD*, DWORD*, DWORD**) override {
    return E_NOTIMPL;
  }

  HRESULT GetChannelBindingToken(PBYTE*, DWORD*) override { return E_NOTIMPL; }
  HRESULT ReadEntityBody(void* buffer, DWORD size, BOOL async, PFN_ASYNC_COMPLETION callback, void* callback_context,
                         DWORD* received, BOOL* pending) override;

  const ParsedHead& head() const { return head_; }
  bool body_read() const { return body_done_; }
  /// Takes what the module has left of the body, so that the next request can be read. False: that is too much.
  bool read_rest();

 private:
  void fill_raw();
  HRESULT read_now(char* buffer, std::size_t size, DWORD& received);
  bool begin_chunk();

  Context& context_;
  ParsedHead head_;
  const Faults& faults_;
  HTTP_REQUEST raw_{};
  HTTP_SSL_CLIENT_CERT_INFO certificate_{};
  std::wstring cooked_;
  std::vector<HTTP_UNKNOWN_HEADER> unknown_;
  std::uint64_t left_ = 0;  // of the body, or of the chunk
  std::atomic<bool> body_done_{false};
  bool changed_ = false;
  bool first_chunk_ = true;
  bool continued_ = false;
};

/// Remembers whether a module has left a response out of the output cache.
class CachePolicy final : public IHttpCachePolicy {
 public:
  HTTP_CACHE_POLICY* GetKernelCachePolicy() override { return &kernel_; }
  void SetKernelCacheInvalidatorSet() override {}
  HTTP_CACHE_POLICY* GetUserCachePolicy() override { return &user_; }
  HRESULT AppendVaryByHeader(PCSTR) override { return S_OK; }
  PCSTR GetVaryByHeaders() const override { return ""; }
  HRESULT AppendVaryByQueryString(PCSTR) override { return S_OK; }
  PCSTR GetVaryByQueryStrings() const override { return ""; }
  HRESULT SetVaryByValue(PCSTR) override { return S_OK; }
  PCSTR GetVaryByValue() const override { return ""; }
  BOOL IsUserCacheEnabled() const override { return enabled_ ? TRUE : FALSE; }
  void DisableUserCache() override { enabled_ = false; }
  BOOL IsCached() const override { return FALSE; }
  void SetIsCached() override {}
  BOOL GetKernelCacheInvalidatorSet() const override { return FALSE; }

 private:
  HTTP_CACHE_POLICY kernel_{};
  HTTP_CACHE_POLICY user_{};
  bool enabled_ = true;
};

class Response final : public IHttpResponse2 {
 public:
  Response(Context& context, const Faults& faults) : context_(context), faults_(faults) {}

  const HTTP_RESPONSE* GetRawHttpResponse() const override { return &raw_; }
  HTTP_RESPONSE* GetRawHttpResponse() override { return &raw_; }
  IHttpCachePolicy* GetCachePolicy() override { return &policy_; }
  HRESULT SetStatus(USHORT status, PCSTR reason, USHORT, HRESULT, IAppHostConfigException*, BOOL) override;
  HRESULT SetHeader(HTTP_HEADER_ID id, PCSTR value, USHORT length, BOOL replace) override;
  HRESULT SetHeader(PCSTR name, PCSTR value, USHORT length, BOOL replace) override;
  HRESULT DeleteHeader(HTTP_HEADER_ID id) override;
  HRESULT DeleteHeader(PCSTR name) override;
  PCSTR GetHeader(HTTP_HEADER_ID id, USHORT* length) const override;
  PCSTR GetHeader(PCSTR name, USHORT* length) const override;
  void Clear() override;
  void ClearHeaders() override { fields_.clear(); }
  void SetNeedDisconnect() override { keep_alive_ = false; }
  void ResetConnection() override;
  void DisableKernelCache(ULONG) override { ++kernel_cache_disabled_; }
  BOOL GetKernelCacheEnabled() const override { return kernel_cache_disabled_ == 0 ? TRUE : FALSE; }
  void SuppressHeaders() override {}
  BOOL GetHeadersSuppressed() const override { return FALSE; }
  HRESULT Flush(BOOL async, BOOL more, DWORD* sent, BOOL* pending) override;
  HRESULT Redirect(PCSTR, BOOL, BOOL) override { return E_NOTIMPL; }
  HRESULT WriteEntityChunkByReference(HTTP_DATA_CHUNK* chunk, LONG position) override;
  HRESULT WriteEntityChunks(HTTP_DATA_CHUNK* chunks, DWORD count, BOOL async, BOOL more, DWORD* sent,
                            BOOL* pending) override;
  void DisableBuffering() override { buffering_ = false; }
  void GetStatus(USHORT* status, USHORT* sub, PCSTR* reason, USHORT* reason_length, HRESULT* error, PCWSTR* module,
                 DWORD* module_length, IAppHostConfigException** exception, BOOL* skip) override;
  HRESULT SetErrorDescription(PCWSTR, DWORD, BOOL) override { return S_OK; }
  PCWSTR GetErrorDescription(DWORD*) override { return nullptr; }
  HRESULT GetHeaderChanges(DWORD, DWORD*, PCSTR*, DWORD*, PCSTR**, PCSTR**, DWORD*, DWORD*, DWORD**) override {
    return E_NOTIMPL;
  }
  void CloseConnection() override { keep_alive_ = false; }
  HRESULT WriteEntityChunks(HTTP_DATA_CHUNK* chunks, DWORD count, BOOL async, BOOL more, PFN_ASYNC_COMPLETION callback,
                            void* callback_context, DWORD* sent, BOOL* pending) override;
  HRESULT Flush(BOOL async, BOOL more, PFN_ASYNC_COMPLETION callback, void* callback_context, DWORD* sent,
                BOOL* pending) override;

  /// What is left to be sent at the end of the request. False: the connection cannot be used again.
  bool complete();
  bool headers_sent() const { return head_sent_; }
  /// After 101 Switching Protocols, if a module has asked for it in OnSendResponse: the connection carries bytes only.
  bool is_opaque() const { return head_sent_ && opaque_; }
  USHORT status() const { return status_; }
  bool may_be_cached() const { return policy_.IsUserCacheEnabled() || GetKernelCacheEnabled(); }

 private:
  /// What an operation tells when it is done: a callback of its own, or OnAsyncCompletion.
  struct Done {
    PFN_ASYNC_COMPLETION callback = nullptr;
    void* context = nullptr;
  };
  HRESULT send(std::string data, bool more);
  HRESULT run(BOOL async, BOOL* pending, Done done, std::function<HRESULT(DWORD& bytes)> operation);
  HRESULT flush(BOOL async, bool more, Done done, BOOL* pending);
  HRESULT write(const std::vector<HTTP_DATA_CHUNK>& chunks, BOOL async, bool more, Done done, BOOL* pending);
  void announce_head(bool more);
  bool send_head(bool more, std::size_t length);
  const std::string* find(const std::string& name) const;

  Context& context_;
  const Faults& faults_;
  HTTP_RESPONSE raw_{};
  CachePolicy policy_;
  USHORT status_ = 200;
  std::string reason_ = "OK";
  std::vector<std::pair<std::string, std::string>> fields_;
  std::string buffer_;
  std::uint64_t sent_ = 0;
  unsigned kernel_cache_disabled_ = 0;
  bool buffering_ = true;
  bool head_sent_ = false;
  bool chunked_ = false;
  bool keep_alive_ = true;
  bool was_reset_ = false;
  bool announced_ = false;
  bool opaque_ = false;
};

/// What all requests of a host share.
struct HostParts {
  Configuration& configuration;
  CompletionQueue& queue;
  const Options& options;
  std::atomic<unsigned>& cacheable;   ///< Responses of modules that IIS would keep.
  std::atomic<unsigned>& violations;  ///< Of the rules that IIS has for modules; IIS itself would crash.
};

class Context final : public IHttpContext3 {
 public:
  Context(const HostParts& parts, Connection& connection, Site& site, Application& application, ParsedHead head);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context();

  /// Runs the pipeline with these modules to its end; false: the connection must be closed.
  bool execute(const std::vector<std::shared_ptr<LoadedModule>>& modules);

  IHttpSite* GetSite() override { return &site_; }
  IHttpApplication* GetApplication() override { return &application_; }
  IHttpConnection* GetConnection() override { return connection_.stream.is_open() ? &connection_ : nullptr; }
  IHttpRequest* GetRequest() override { return &request_; }
  IHttpResponse* GetResponse() override { return &response_; }
  BOOL GetResponseHeadersSent() const override { return response_.headers_sent() ? TRUE : FALSE; }
  IHttpUser* GetUser() const override { return nullptr; }
  IHttpModuleContextContainer* GetModuleContextContainer() override { return &contexts_; }
  void IndicateCompletion(REQUEST_NOTIFICATION_STATUS status) override;
  HRESULT PostCompletion(DWORD bytes) override;
  void DisableNotifications(DWORD, DWORD) override {}
  BOOL GetNextNotification(REQUEST_NOTIFICATION_STATUS, DWORD*, BOOL*, CHttpModule**, IHttpEventProvider**) override {
    return FALSE;
  }
  BOOL GetIsLastNotification(REQUEST_NOTIFICATION_STATUS) override { return TRUE; }
  HRESULT ExecuteRequest(BOOL, IHttpContext*, DWORD, IHttpUser*, BOOL*) override { return E_NOTIMPL; }
  DWORD GetExecuteFlags() const override { return 0; }
  HRESULT GetServerVariable(PCSTR name, PCSTR* value, DWORD* length) override;
  HRESULT GetServerVariable(PCSTR name, PCWSTR* value, DWORD* length) override;
  HRESULT SetServerVariable(PCSTR name, PCWSTR value) override;
  void* AllocateRequestMemory(DWORD size) override { return memory_.emplace_back(new char[size]).get(); }
  IHttpUrlInfo* GetUrlInfo() override { return nullptr; }
  IMetadataInfo* GetMetadata() override { return nullptr; }
  PCWSTR GetPhysicalPath(DWORD* length) override;
  PCWSTR GetScriptName(DWORD* length) const override;
  PCWSTR GetScriptTranslated(DWORD* length) override { return GetPhysicalPath(length); }
  IScriptMapInfo* GetScriptMap() const override { return script_map_.get(); }
  void SetRequestHandled() override {}
  IHttpFileInfo* GetFileInfo() const override { return nullptr; }
  HRESULT MapPath(PCWSTR, PWSTR, DWORD*) override { return E_NOTIMPL; }
  HRESULT NotifyCustomNotification(ICustomNotificationProvider*, BOOL*) override { return E_NOTIMPL; }
  IHttpContext* GetParentContext() const override { return nullptr; }
  IHttpContext* GetRootContext() const override { return nullptr; }
  HRESULT CloneContext(DWORD, IHttpContext**) override { return E_NOTIMPL; }
  HRESULT ReleaseClonedContext() override;
  HRESULT GetCurrentExecutionStats(DWORD*, DWORD*, PCWSTR*, DWORD*, DWORD*, DWORD*) const override { return E_NOTIMPL; }
  IHttpTraceContext* GetTraceContext() const override { return nullptr; }
  HRESULT GetServerVarChanges(DWORD, DWORD*, DWORD*, PCSTR**, PCWSTR**, DWORD*, DWORD**) override { return E_NOTIMPL; }
  HRESULT CancelIo() override;
  HRESULT MapHandler(DWORD, PCWSTR, PCWSTR, PCSTR, IScriptMapInfo**, BOOL) override { return E_NOTIMPL; }
  HRESULT GetExtendedInterface(HTTP_CONTEXT_INTERFACE_VERSION, PVOID*) override { return E_NOTIMPL; }
  IHttpUser* GetOriginalUser() const override { return nullptr; }
  INamedContextContainer* GetNamedContextContainer() override { return nullptr; }
  void EnableFullDuplex() override { full_duplex_ = true; }
  HRESULT InheritServerVariable(PCSTR, BOOL) override { return E_NOTIMPL; }
  HRESULT PostCompletion(DWORD, LPOVERLAPPED_COMPLETION_ROUTINE, void*) override { return E_NOTIMPL; }

  Connection& connection() { return connection_; }
  const ParsedHead& head() const { return request_.head(); }
  DWORD site_id() const { return site_.GetSiteId(); }
  /// Does `operation` on a thread of the queue and then tells the module that waits.
  void start_operation(std::function<HRESULT(DWORD& bytes)> operation);
  /// The same with a callback of its own, beside other operations.
  void start_operation(std::function<HRESULT(DWORD& bytes)> operation, PFN_ASYNC_COMPLETION callback, void* context);
  /// Reads what comes on an opaque connection, on the connection's own thread; the callback comes on one of the queue.
  HRESULT start_raw_read(char* buffer, DWORD size, PFN_ASYNC_COMPLETION callback, void* context);
  bool has_client_certificate() const { return parts_.options.client_certificate; }
  bool was_released() const { return released_; }
  bool is_opaque() const { return full_duplex_ && response_.is_opaque(); }
  /// OnSendResponse of all modules.
  void notify_send(ISendResponseProvider& provider);

 private:
  struct RawRead {
    char* buffer = nullptr;
    DWORD size = 0;
    PFN_ASYNC_COMPLETION callback = nullptr;
    void* context = nullptr;
  };

  void run_raw_read();
  void tell(PFN_ASYNC_COMPLETION callback, void* context, DWORD bytes, HRESULT status);
  struct Instance {
    LoadedModule* module;
    CHttpModule* object;
  };

  CHttpModule* instance(LoadedModule& module);
  REQUEST_NOTIFICATION_STATUS run_handler(LoadedModule& module);
  void complete(DWORD bytes, HRESULT status);
  void resume(REQUEST_NOTIFICATION_STATUS status);
  REQUEST_NOTIFICATION_STATUS wait_for_end();
  bool choose_handler();
  bool variable(const std::string& name, std::string& value);

  const HostParts& parts_;
  Connection& connection_;
  Site& site_;
  Application& application_;
  Request request_;
  Response response_;
  std::unique_ptr<ScriptMap> script_map_;
  ModuleContexts contexts_;
  std::vector<std::unique_ptr<char[]>> memory_;
  std::map<std::string, std::string> set_variables_;
  std::vector<std::unique_ptr<std::string>> narrow_;  // values that were given out
  std::vector<std::unique_ptr<std::wstring>> wide_;
  std::wstring script_name_;
  std::wstring physical_path_;
  std::vector<Instance> instances_;
  CHttpModule* waiting_ = nullptr;  // that has returned PENDING
  const std::vector<std::shared_ptr<LoadedModule>>* modules_ = nullptr;
  std::atomic<bool> full_duplex_{false};
  std::atomic<bool> cancelled_{false};
  bool released_ = false;
  std::atomic<int> operations_{0};  // with callbacks

  RecursiveMutex handler_;  // a completion never enters a handler that has not returned
  Mutex mutex_;
  Condition changed_;
  bool ended_ = false;
  RawRead raw_read_;
  REQUEST_NOTIFICATION_STATUS result_ = RQ_NOTIFICATION_CONTINUE;
};

}  // namespace iishost
