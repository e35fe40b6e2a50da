// SPDX-License-Identifier: Apache-2.0
// A second module for the emulator, without any library: compiled by GCC and by clang in Microsoft mode. It calls what
// a module of somebody else could call, every overload among it, and answers with what it has found wrong.
#include "module/iis/httpserv.h"

namespace {

/// The text of the answer; no library that could collect it is at hand.
class Report {
 public:
  void check(const char* what, bool right) {
    ++checks_;
    if (right) {
      ++right_;
    } else {
      add("WRONG: ");
      add(what);
      add("\n");
    }
  }
  void finish() {
    number(right_);
    add(" of ");
    number(checks_);
    add(" calls\n");
  }
  char* text() { return text_; }
  unsigned size() const { return size_; }

 private:
  void add(const char* part) {
    while (*part != '\0' && size_ < sizeof(text_)) text_[size_++] = *part++;
  }
  void number(unsigned value) {
    if (value >= 10) number(value / 10);
    const char digit[] = {static_cast<char>('0' + value % 10), '\0'};
    add(digit);
  }

  char text_[2048] = {};
  unsigned size_ = 0;
  unsigned checks_ = 0;
  unsigned right_ = 0;
};

template <typename Char>
bool same(const Char* left, const char* right) {
  if (left == nullptr) return false;
  while (*left != 0 && static_cast<unsigned>(*left) == static_cast<unsigned char>(*right)) {
    ++left;
    ++right;
  }
  return *left == 0 && *right == '\0';
}

constexpr auto kContentType = static_cast<HTTP_HEADER_ID>(12);
constexpr auto kUserAgent = static_cast<HTTP_HEADER_ID>(40);
constexpr auto kServer = static_cast<HTTP_HEADER_ID>(26);

void check_request(IHttpRequest& request, Report& report) {
  const IHttpRequest& constant = request;
  USHORT length = 0;
  report.check("GetRawHttpRequest() const", constant.GetRawHttpRequest() != nullptr);
  report.check("GetRawHttpRequest()", request.GetRawHttpRequest() == constant.GetRawHttpRequest());
  report.check("GetHeader(id)", same(request.GetHeader(kUserAgent, &length), "probe/1") && length == 7);
  report.check("GetHeader(name)", same(request.GetHeader("X-Probe", &length), "yes") && length == 3);
  report.check("SetHeader(id)", request.SetHeader(kUserAgent, "new", 3, TRUE) == S_OK);
  report.check("what SetHeader(id) has set", same(request.GetHeader("User-Agent", &length), "new"));
  report.check("SetHeader(name)", request.SetHeader("X-Probe", "maybe", 5, TRUE) == S_OK);
  report.check("what SetHeader(name) has set", same(request.GetHeader("X-Probe", &length), "maybe"));
  report.check("DeleteHeader(id)",
               request.DeleteHeader(kUserAgent) == S_OK && request.GetHeader(kUserAgent, &length) == nullptr);
  report.check("DeleteHeader(name)",
               request.DeleteHeader("X-Probe") == S_OK && request.GetHeader("X-Probe", &length) == nullptr);
  report.check("GetHttpMethod", same(request.GetHttpMethod(), "GET"));
  report.check("SetUrl(narrow)", request.SetUrl("/narrow", 7, FALSE) == S_OK && request.GetUrlChanged() != FALSE);
  report.check("SetUrl(wide)", request.SetUrl(L"/wide", 5, FALSE) == S_OK);
  USHORT major = 0;
  USHORT minor = 0;
  request.GetHttpVersion(&major, &minor);
  report.check("GetHttpVersion", major == 1 && minor == 1);
  report.check("GetRemainingEntityBytes", request.GetRemainingEntityBytes() == 0);
}

void check_context(IHttpContext& context, Report& report) {
  PCSTR narrow = nullptr;
  PCWSTR wide = nullptr;
  DWORD length = 0;
  report.check("GetServerVariable(narrow)", context.GetServerVariable("REQUEST_METHOD", &narrow, &length) == S_OK &&
                                                length == 3 && same(narrow, "GET"));
  report.check("GetServerVariable(wide)",
               context.GetServerVariable("REQUEST_METHOD", &wide, &length) == S_OK && length == 3 && same(wide, "GET"));
  report.check("AllocateRequestMemory", context.AllocateRequestMemory(100) != nullptr);
  report.check("GetScriptMap", same(context.GetScriptMap()->GetName(), "probe"));
  report.check("GetSite", same(context.GetSite()->GetSiteName(), "Zoo Site"));
}

void check_response(IHttpResponse& response, Report& report) {
  const IHttpResponse& constant = response;
  USHORT length = 0;
  report.check("GetRawHttpResponse() const", constant.GetRawHttpResponse() != nullptr);
  report.check("GetRawHttpResponse()", response.GetRawHttpResponse() == constant.GetRawHttpResponse());
  report.check("SetHeader(id)", response.SetHeader(kContentType, "text/plain", 10, TRUE) == S_OK);
  report.check("GetHeader(name)", same(response.GetHeader("Content-Type", &length), "text/plain") && length == 10);
  report.check("SetHeader(name)", response.SetHeader("Server", "probe", 5, TRUE) == S_OK);
  report.check("GetHeader(id)", same(response.GetHeader(kServer, &length), "probe"));
  report.check("DeleteHeader(name)",
               response.DeleteHeader("Server") == S_OK && response.GetHeader(kServer, &length) == nullptr);
  report.check("DeleteHeader(id)", response.DeleteHeader(kServer) == S_OK);
  report.check("SetStatus", response.SetStatus(203, "Probed", 0, S_OK, nullptr, TRUE) == S_OK);
}

class ProbeModule final : public CHttpModule {
 public:
  REQUEST_NOTIFICATION_STATUS OnExecuteRequestHandler(IHttpContext* context, IHttpEventProvider*) override {
    report = Report();
    check_request(*context->GetRequest(), report);
    check_context(*context, report);
    check_response(*context->GetResponse(), report);
    return context->PostCompletion(42) == S_OK ? RQ_NOTIFICATION_PENDING : RQ_NOTIFICATION_FINISH_REQUEST;
  }

  REQUEST_NOTIFICATION_STATUS OnAsyncCompletion(IHttpContext* context, DWORD, BOOL, IHttpEventProvider*,
                                                IHttpCompletionInfo* info) override {
    report.check("GetCompletionBytes", info->GetCompletionBytes() == 42);
    report.check("GetCompletionStatus", info->GetCompletionStatus() == S_OK);
    report.finish();
    DWORD sent = 0;
    BOOL pending = FALSE;
    chunk = {};
    chunk.DataChunkType = HttpDataChunkFromMemory;
    chunk.FromMemory.pBuffer = report.text();
    chunk.FromMemory.BufferLength = report.size();
    const HRESULT result = context->GetResponse()->WriteEntityChunks(&chunk, 1, FALSE, FALSE, &sent, &pending);
    return result == S_OK ? RQ_NOTIFICATION_CONTINUE : RQ_NOTIFICATION_FINISH_REQUEST;
  }

  /// There is one for all requests, which the test sends one after the other.
  void Dispose() override {}

  Report report;
  HTTP_DATA_CHUNK chunk{};
};

class ProbeFactory final : public IHttpModuleFactory {
 public:
  HRESULT GetHttpModule(CHttpModule** module, IModuleAllocator*) override {
    *module = &module_;
    return S_OK;
  }
  void Terminate() override {}

 private:
  ProbeModule module_;
};

}  // namespace

// Microsoft's mode has no library here: what the compiler itself calls of one, and nothing else.
#ifdef _MSC_VER
void operator delete(void*) noexcept {}
void operator delete(void*, decltype(sizeof(0))) noexcept {}

extern "C" {
int _fltused = 0;
int _purecall() {
  return 0;
}
int atexit(void (*)()) {
  return 0;
}
void* memset(void* out, int value, decltype(sizeof(0)) size) {
  volatile char* to = static_cast<char*>(out);
  for (decltype(size) i = 0; i < size; ++i) to[i] = static_cast<char>(value);
  return out;
}
void* memcpy(void* out, const void* in, decltype(sizeof(0)) size) {
  volatile char* to = static_cast<char*>(out);
  for (decltype(size) i = 0; i < size; ++i) to[i] = static_cast<const char*>(in)[i];
  return out;
}
}
#endif

namespace {

constinit ProbeFactory factory;

}  // namespace

extern "C" HRESULT WINAPI RegisterModule(DWORD, IHttpModuleRegistrationInfo* info, IHttpServer*) {
  return info->SetRequestNotifications(&factory, RQ_EXECUTE_REQUEST_HANDLER, 0);
}
