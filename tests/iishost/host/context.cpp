// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/context.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "module/win/text.h"
#include "tests/iishost/host/headers.h"
#include "tests/iishost/host/visitor.h"

namespace iishost {
namespace {

using zoo::module::to_utf8;
using zoo::module::to_wide;

// When a waiting request looks whether its client is still there.
constexpr auto kFirstLook = std::chrono::milliseconds(50);
constexpr auto kLongestLook = std::chrono::milliseconds(400);
constexpr std::string_view kRoot = "MACHINE/WEBROOT/APPHOST/";
constexpr HRESULT kNoVariable = HRESULT_FROM_WIN32(ERROR_INVALID_INDEX);

class Provider final : public IHttpEventProvider {
 public:
  void SetErrorStatus(HRESULT status) override { error = status; }
  HRESULT error = S_OK;
};

class Info final : public IHttpCompletionInfo2 {
 public:
  Info(DWORD bytes, HRESULT status) : bytes_(bytes), status_(status) {}
  DWORD GetCompletionBytes() const override { return bytes_; }
  HRESULT GetCompletionStatus() const override { return status_; }
  DWORD GetCompletedOperation() const override { return 0; }

 private:
  DWORD bytes_;
  HRESULT status_;
};

bool lists(const std::string& list, const std::string& name) {
  for (std::string_view rest = list; !rest.empty();) {
    std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (equal_names(part, name)) return true;
  }
  return false;
}

// "*", "*.php" or a name.
bool fits_path(const std::string& pattern, const std::string& path) {
  if (pattern == "*") return true;
  if (pattern.starts_with("*.")) return path.ends_with(pattern.substr(1));
  return path == pattern || path.ends_with("/" + pattern);
}

bool fits_pool(const std::string& condition) {
  const char* other = sizeof(void*) == 8 ? "bitness32" : "bitness64";
  return !lists(condition, other);
}

bool fits(const ConfigNode& handler, const ParsedHead& head) {
  const std::string& verb = handler.attributes.at("verb");
  return fits_pool(handler.attributes.at("preCondition")) && (verb == "*" || lists(verb, head.method)) &&
         fits_path(handler.attributes.at("path"), head.path);
}

std::string address_text(const sockaddr_in& address) {
  const unsigned value = ntohl(address.sin_addr.s_addr);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%u.%u.%u.%u", value >> 24, (value >> 16) & 255, (value >> 8) & 255,
                value & 255);
  return text.data();
}

}  // namespace

Application::Application(const SiteInfo& site, const SiteApp& application)
    : path_(application.path),
      folder_(to_wide(application.folder) + L"\\"),
      id_(to_wide("/LM/W3SVC/" + std::to_string(site.id) + "/ROOT" + application.path)),
      config_path_(to_wide(std::string(kRoot) + site.name + application.path)) {}

Site::Site(const SiteInfo& info) : id_(info.id), name_(to_wide(info.name)) {}

ScriptMap::ScriptMap(const ConfigNode& handler)
    : name_(to_wide(handler.attributes.at("name"))),
      path_(to_wide(handler.attributes.at("path"))),
      modules_(to_wide(handler.attributes.at("modules"))),
      processor_(to_wide(handler.attributes.at("scriptProcessor"))),
      verb_(handler.attributes.at("verb")) {}

PCWSTR ScriptMap::give(const std::wstring& text, DWORD* length) {
  if (length != nullptr) *length = static_cast<DWORD>(text.size());
  return text.c_str();
}

Context::Context(const HostParts& parts, Connection& connection, Site& site, Application& application, ParsedHead head)
    : parts_(parts),
      connection_(connection),
      site_(site),
      application_(application),
      request_(*this, std::move(head), parts.options.faults),
      response_(*this, parts.options.faults),
      script_name_(to_wide(request_.head().path)),
      physical_path_(application.folder() + script_name_.substr(application.path().size())) {}

// IIS frees the request with its end, whatever operations a module has left behind.
Context::~Context() {
  if (operations_ != 0) {
    ++parts_.violations;
    std::fprintf(stderr, "iishost: a request has ended with an operation outstanding\n");
    while (operations_ != 0) ::Sleep(1);
  }
  const AsVisitor visitor;
  for (const Instance& entry : instances_) entry.object->Dispose();
}

CHttpModule* Context::instance(LoadedModule& module) {
  for (const Instance& entry : instances_) {
    if (entry.module == &module) return entry.object;
  }
  CHttpModule* object = nullptr;
  const AsVisitor visitor;
  if (FAILED(module.factory()->GetHttpModule(&object, nullptr)) || object == nullptr) return nullptr;
  instances_.push_back({&module, object});
  return object;
}

bool Context::choose_handler() {
  const ParsedHead& head = request_.head();
  // The application's own path is its folder, with or without a slash at its end.
  const std::string folder = head.path == application_.path() ? head.path : head.path.substr(0, head.path.rfind('/'));
  long error = 0;
  const std::shared_ptr<ConfigNode> section = parts_.configuration.section(
      "system.webServer/handlers", std::string(kRoot) + to_utf8(site_.GetSiteName()) + folder, error);
  if (section == nullptr) {
    response_.SetStatus(500, "Internal Server Error", 19, error, nullptr, FALSE);
    return false;
  }
  for (const auto& handler : section->items) {
    if (!fits(*handler, head)) continue;
    script_map_ = std::make_unique<ScriptMap>(*handler);
    return true;
  }
  response_.SetStatus(404, "Not Found", 4, S_OK, nullptr, FALSE);
  return false;
}

bool Context::execute(const std::vector<std::shared_ptr<LoadedModule>>& modules) {
  modules_ = &modules;
  if (choose_handler()) {
    const std::string wanted = to_utf8(script_map_->GetModules(nullptr));
    for (const auto& module : modules) {
      if ((module->requests() & RQ_EXECUTE_REQUEST_HANDLER) == 0 || !lists(wanted, module->name())) continue;
      const REQUEST_NOTIFICATION_STATUS status = run_handler(*module);
      if (response_.may_be_cached()) ++parts_.cacheable;
      if (status == RQ_NOTIFICATION_FINISH_REQUEST) break;
    }
  }
  return response_.complete() && request_.read_rest();
}

REQUEST_NOTIFICATION_STATUS Context::run_handler(LoadedModule& module) {
  CHttpModule* object = instance(module);
  if (object == nullptr) {
    response_.SetStatus(500, "Internal Server Error", 0, E_OUTOFMEMORY, nullptr, FALSE);
    return RQ_NOTIFICATION_FINISH_REQUEST;
  }
  Provider provider;
  {
    const std::lock_guard lock(handler_);
    waiting_ = object;
    ended_ = false;
    const AsVisitor visitor;
    const REQUEST_NOTIFICATION_STATUS status = object->OnExecuteRequestHandler(this, &provider);
    if (status != RQ_NOTIFICATION_PENDING) return status;
  }
  return wait_for_end();
}

REQUEST_NOTIFICATION_STATUS Context::wait_for_end() {
  std::unique_lock lock(mutex_);
  auto look = kFirstLook;
  while (true) {
    if (!ended_ && raw_read_.callback == nullptr) changed_.wait_for(lock, look);
    look = std::min(look * 2, kLongestLook);
    if (ended_) return result_;
    if (raw_read_.callback == nullptr && (!connection_.connected || !request_.body_read())) continue;
    lock.unlock();
    if (raw_read_.callback != nullptr) {
      run_raw_read();
      lock.lock();
      continue;
    }
    if (connection_.stream.closed_within(0)) {
      connection_.connected = false;
      connection_.contexts.notify_disconnect();
    }
    lock.lock();
  }
}

// Also looks whether somebody wants it to end.
void Context::run_raw_read() {
  DWORD bytes = 0;
  HRESULT status = S_OK;
  while (!cancelled_ && !connection_.stream.readable_within(20)) {
  }
  if (cancelled_) {
    status = HRESULT_FROM_WIN32(ERROR_OPERATION_ABORTED);
  } else {
    bytes = static_cast<DWORD>(connection_.stream.read_some(raw_read_.buffer, raw_read_.size));
    if (bytes == 0) status = HRESULT_FROM_WIN32(ERROR_HANDLE_EOF);
  }
  const RawRead done = raw_read_;
  {
    const std::lock_guard lock(mutex_);
    raw_read_ = {};
  }
  parts_.queue.post([this, done, bytes, status] { tell(done.callback, done.context, bytes, status); });
  if (bytes != 0 || cancelled_ || !connection_.connected) return;
  connection_.connected = false;
  connection_.contexts.notify_disconnect();
}

void Context::start_operation(std::function<HRESULT(DWORD& bytes)> operation) {
  parts_.queue.post([this, operation = std::move(operation)] {
    DWORD bytes = 0;
    const HRESULT status = operation(bytes);
    complete(bytes, status);
  });
}

void Context::start_operation(std::function<HRESULT(DWORD& bytes)> operation, PFN_ASYNC_COMPLETION callback,
                              void* context) {
  if (callback == nullptr) {
    start_operation(std::move(operation));
    return;
  }
  ++operations_;
  parts_.queue.post([this, operation = std::move(operation), callback, context] {
    DWORD bytes = 0;
    const HRESULT status = operation(bytes);
    tell(callback, context, bytes, status);
  });
}

HRESULT Context::start_raw_read(char* buffer, DWORD size, PFN_ASYNC_COMPLETION callback, void* context) {
  const std::lock_guard lock(mutex_);
  if (raw_read_.callback != nullptr) return HRESULT_FROM_WIN32(ERROR_INVALID_OPERATION);  // one at a time
  ++operations_;
  raw_read_ = {buffer, size, callback, context};
  changed_.notify_all();
  return S_OK;
}

// The operation is over when the callback begins: what it does may end the request.
void Context::tell(PFN_ASYNC_COMPLETION callback, void* context, DWORD bytes, HRESULT status) {
  if (parts_.options.faults.slow_completions != 0) ::Sleep(parts_.options.faults.slow_completions);
  Info info(bytes, status);
  --operations_;
  const AsVisitor visitor;
  callback(this, &info, context);
}

// For the context of a preload; it goes when the notification has returned.
HRESULT Context::ReleaseClonedContext() {
  if (std::exchange(released_, true)) ++parts_.violations;
  return S_OK;
}

HRESULT Context::CancelIo() {
  cancelled_ = true;
  return S_OK;
}

void Context::notify_send(ISendResponseProvider& provider) {
  if (modules_ == nullptr) return;
  for (const auto& module : *modules_) {
    if ((module->requests() & RQ_SEND_RESPONSE) == 0) continue;
    CHttpModule* object = instance(*module);
    if (object == nullptr) continue;
    const AsVisitor visitor;
    object->OnSendResponse(this, &provider);
  }
}

void Context::complete(DWORD bytes, HRESULT status) {
  if (parts_.options.faults.slow_completions != 0) ::Sleep(parts_.options.faults.slow_completions);
  REQUEST_NOTIFICATION_STATUS result = RQ_NOTIFICATION_PENDING;
  {
    const std::lock_guard lock(handler_);
    Provider provider;
    Info info(bytes, status);
    const AsVisitor visitor;
    result = waiting_->OnAsyncCompletion(this, RQ_EXECUTE_REQUEST_HANDLER, FALSE, &provider, &info);
  }
  if (result != RQ_NOTIFICATION_PENDING) resume(result);
}

void Context::resume(REQUEST_NOTIFICATION_STATUS status) {
  const std::lock_guard lock(mutex_);
  result_ = status;
  ended_ = true;
  changed_.notify_all();  // under the lock: the waiter destroys this
}

void Context::IndicateCompletion(REQUEST_NOTIFICATION_STATUS status) {
  resume(status);
}

HRESULT Context::PostCompletion(DWORD bytes) {
  parts_.queue.post([this, bytes] { complete(bytes, S_OK); });
  return S_OK;
}

bool Context::variable(const std::string& name, std::string& value) {
  const ParsedHead& head = request_.head();
  const auto given = set_variables_.find(name);
  if (given != set_variables_.end()) {
    value = given->second;
  } else if (name == "QUERY_STRING") {
    value = head.query;
  } else if (name == "REQUEST_METHOD") {
    value = head.method;
  } else if (name == "URL" || name == "SCRIPT_NAME" || name == "PATH_INFO") {
    value = head.path;
  } else if (name == "UNENCODED_URL") {
    value = head.target.substr(0, head.target.find('?'));
  } else if (name == "SERVER_NAME") {
    value = head.host.substr(0, head.host.find(':'));
  } else if (name == "SERVER_PORT") {
    value = std::to_string(ntohs(connection_.stream.local_address().sin_port));
  } else if (name == "SERVER_PROTOCOL") {
    value = head.minor_version == 1 ? "HTTP/1.1" : "HTTP/1.0";
  } else if (name == "SERVER_SOFTWARE") {
    value = "Microsoft-IIS/10.0";
  } else if (name == "LOCAL_ADDR") {
    value = address_text(connection_.stream.local_address());
  } else if (name == "REMOTE_ADDR") {
    value = address_text(connection_.stream.remote_address());
  } else if (name == "REMOTE_PORT") {
    value = std::to_string(ntohs(connection_.stream.remote_address().sin_port));
  } else if (name == "HTTPS") {
    value = parts_.options.https ? "on" : "off";
  } else if (name == "HTTPS_KEYSIZE" && parts_.options.https) {
    value = "256";
  } else if (name == "HTTPS_SERVER_SUBJECT" && parts_.options.https) {
    value = "CN=zoo.example";
  } else if (name == "CERT_SUBJECT" || name == "CERT_ISSUER") {  // IIS has an issuer also for no certificate
    value = parts_.options.client_certificate ? "C=DE, CN=" + name : "nobody";
  } else if (name == "REMOTE_USER" || name == "AUTH_TYPE") {
    value.clear();
  } else if (name.starts_with("HTTP_")) {
    std::string header = name.substr(5);
    std::replace(header.begin(), header.end(), '_', '-');
    PCSTR found = request_.GetHeader(header.c_str(), nullptr);
    if (found == nullptr) return false;
    value = found;
  } else {
    return false;
  }
  return true;
}

HRESULT Context::GetServerVariable(PCSTR name, PCSTR* value, DWORD* length) {
  std::string text;
  if (!variable(name, text)) return kNoVariable;
  *value = narrow_.emplace_back(std::make_unique<std::string>(text))->c_str();
  if (length != nullptr) *length = static_cast<DWORD>(text.size());
  return S_OK;
}

HRESULT Context::GetServerVariable(PCSTR name, PCWSTR* value, DWORD* length) {
  std::string text;
  if (!variable(name, text)) return kNoVariable;
  const std::wstring& wide = *wide_.emplace_back(std::make_unique<std::wstring>(to_wide(text)));
  *value = wide.c_str();
  if (length != nullptr) *length = static_cast<DWORD>(wide.size());
  return S_OK;
}

HRESULT Context::SetServerVariable(PCSTR name, PCWSTR value) {
  set_variables_[name] = to_utf8(value);
  return S_OK;
}

PCWSTR Context::GetPhysicalPath(DWORD* length) {
  if (length != nullptr) *length = static_cast<DWORD>(physical_path_.size());
  return physical_path_.c_str();
}

PCWSTR Context::GetScriptName(DWORD* length) const {
  if (length != nullptr) *length = static_cast<DWORD>(script_name_.size());
  return script_name_.c_str();
}

}  // namespace iishost
