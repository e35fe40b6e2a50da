// SPDX-License-Identifier: Apache-2.0
#include "module/iis/request_facts.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "module/core/error_page.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

// HTTP_HEADER_ID from 0 on, of a request (HTTP Server API).
constexpr std::array<std::string_view, HttpHeaderRequestMaximum> kKnownHeaders = {"Cache-Control",
                                                                                  "Connection",
                                                                                  "Date",
                                                                                  "Keep-Alive",
                                                                                  "Pragma",
                                                                                  "Trailer",
                                                                                  "Transfer-Encoding",
                                                                                  "Upgrade",
                                                                                  "Via",
                                                                                  "Warning",
                                                                                  "Allow",
                                                                                  "Content-Length",
                                                                                  "Content-Type",
                                                                                  "Content-Encoding",
                                                                                  "Content-Language",
                                                                                  "Content-Location",
                                                                                  "Content-MD5",
                                                                                  "Content-Range",
                                                                                  "Expires",
                                                                                  "Last-Modified",
                                                                                  "Accept",
                                                                                  "Accept-Charset",
                                                                                  "Accept-Encoding",
                                                                                  "Accept-Language",
                                                                                  "Authorization",
                                                                                  "Cookie",
                                                                                  "Expect",
                                                                                  "From",
                                                                                  "Host",
                                                                                  "If-Match",
                                                                                  "If-Modified-Since",
                                                                                  "If-None-Match",
                                                                                  "If-Range",
                                                                                  "If-Unmodified-Since",
                                                                                  "Max-Forwards",
                                                                                  "Proxy-Authorization",
                                                                                  "Referer",
                                                                                  "Range",
                                                                                  "TE",
                                                                                  "Translate",
                                                                                  "User-Agent"};

// Beyond CGI: what applications read that care for encryption, and for client certificates.
constexpr std::array<const char*, 4> kEncryptionVariables = {"HTTPS_KEYSIZE", "HTTPS_SECRETKEYSIZE",
                                                             "HTTPS_SERVER_ISSUER", "HTTPS_SERVER_SUBJECT"};
constexpr std::array<const char*, 6> kCertificateVariables = {"CERT_COOKIE",       "CERT_FLAGS",   "CERT_ISSUER",
                                                              "CERT_SERIALNUMBER", "CERT_SUBJECT", "CERT_KEYSIZE"};

constexpr std::wstring_view kConfigRoot = L"MACHINE/WEBROOT/APPHOST/";

// The server itself answers "100 Continue".
bool is_dropped(std::string_view name) {
  return equals_ignoring_case(name, "expect");
}

std::string_view text_of(const char* value, USHORT length) {
  return value == nullptr ? std::string_view() : std::string_view(value, length);
}

std::uint16_t to_port(const std::string& text) {
  return static_cast<std::uint16_t>(std::strtoul(text.c_str(), nullptr, 10));
}

std::wstring wide_text(const wchar_t* text) {
  return text == nullptr ? std::wstring() : std::wstring(text);
}

std::string on_disk(const std::string& folder, const std::string& path) {
  std::string file = folder + path;
  std::ranges::replace(file, '/', '\\');
  return file;
}

// Most encrypted connections have none, and IIS makes its variables from the whole of it.
bool has_client_certificate(IHttpRequest& request) {
  HTTP_SSL_CLIENT_CERT_INFO* certificate = nullptr;
  BOOL negotiated = FALSE;
  return SUCCEEDED(request.GetClientCertificate(&certificate, &negotiated)) && certificate != nullptr;
}

void trim_separators(std::string& path) {
  while (path.size() > 3 && (path.back() == '\\' || path.back() == '/')) path.pop_back();
}

}  // namespace

std::string server_variable(IHttpContext& context, const char* name) {
  PCWSTR value = nullptr;
  DWORD length = 0;
  if (FAILED(context.GetServerVariable(name, &value, &length)) || value == nullptr) return {};
  return to_utf8({value, length});
}

AppFacts application_facts(IHttpContext& context) {
  AppFacts facts;
  IHttpApplication& application = *context.GetApplication();
  facts.config_path = wide_text(application.GetAppConfigPath());
  facts.folder = to_utf8(wide_text(application.GetApplicationPhysicalPath()));
  trim_separators(facts.folder);
  const std::wstring site = wide_text(context.GetSite()->GetSiteName());
  facts.site_name = to_utf8(site);
  facts.site_id = context.GetSite()->GetSiteId();
  const std::size_t prefix = kConfigRoot.size() + site.size();
  if (facts.config_path.size() > prefix) {
    facts.virtual_path = to_utf8(std::wstring_view(facts.config_path).substr(prefix));
  }
  trim_separators(facts.virtual_path);
  if (facts.virtual_path == "/") facts.virtual_path.clear();
  if (IScriptMapInfo* map = context.GetScriptMap()) {
    DWORD ignored = 0;
    facts.handler_name = to_utf8(wide_text(map->GetName()));
    facts.engine_name = to_utf8(wide_text(map->GetScriptProcessor(&ignored)));
  }
  return facts;
}

RequestFacts::RequestFacts(IHttpContext& context) {
  const HTTP_REQUEST& raw = *context.GetRequest()->GetRawHttpRequest();
  const char* method = context.GetRequest()->GetHttpMethod();
  method_ = method == nullptr ? "" : method;
  application_ = application_facts(context);
  read_headers(raw, context.GetRequest()->GetUrlChanged() != FALSE);
  read_url(raw, context);
  read_variables(context);
  split_path(context);
  fill_cgi();
}

void RequestFacts::read_headers(const HTTP_REQUEST& raw, bool is_rewritten) {
  for (std::size_t i = 0; i < kKnownHeaders.size(); ++i) {
    const HTTP_KNOWN_HEADER& known = raw.Headers.KnownHeaders[i];
    const std::string_view name = kKnownHeaders.at(i);
    if (known.RawValueLength == 0 || is_dropped(name)) continue;
    header_texts_.emplace_back(name, text_of(known.pRawValue, known.RawValueLength));
  }
  for (USHORT i = 0; i < raw.Headers.UnknownHeaderCount; ++i) {
    const HTTP_UNKNOWN_HEADER& unknown = raw.Headers.pUnknownHeaders[i];
    const std::string_view name = text_of(unknown.pName, unknown.NameLength);
    // Frameworks take it for what URL Rewrite says: a client's own must not reach them.
    if (!is_rewritten && equals_ignoring_case(name, "x-original-url")) continue;
    header_texts_.emplace_back(name, text_of(unknown.pRawValue, unknown.RawValueLength));
  }
  for (const auto& [name, value] : header_texts_) headers_.push_back({name, value});
  const HeaderField* length = find_field(headers_, "content-length");
  const bool chunked = find_field(headers_, "transfer-encoding") != nullptr;
  if (length != nullptr && !chunked) announced_length_ = parse_length(length->value);
  has_body_ = chunked || announced_length_.value_or(0) != 0;
}

std::string_view RequestFacts::upgrade() const {
  const HeaderField* field = find_field(headers_, "upgrade");
  const bool asks = field != nullptr && method_ == "GET" && has_list_token(headers_, "connection", "upgrade");
  return asks ? field->value : std::string_view();
}

// REQUEST_URI is what the client has sent; URL Rewrite keeps that in a header of its own when it changes the URL.
void RequestFacts::read_url(const HTTP_REQUEST& raw, IHttpContext& context) {
  if (context.GetRequest()->GetUrlChanged()) url_ = server_variable(context, "HTTP_X_ORIGINAL_URL");
  if (url_.empty()) url_ = text_of(raw.pRawUrl, raw.RawUrlLength);
  if (!url_.starts_with('/')) {  // "GET http://host/path": the absolute form
    const std::size_t host = url_.find("://");
    const std::size_t slash = host == std::string::npos ? host : url_.find('/', host + 3);
    url_ = slash == std::string::npos ? "/" : url_.substr(slash);
  }
  const HTTP_COOKED_URL& cooked = raw.CookedUrl;
  const std::size_t length = cooked.AbsPathLength / sizeof(wchar_t);
  if (cooked.pAbsPath != nullptr) path_ = to_utf8({cooked.pAbsPath, length});
  query_ = server_variable(context, "QUERY_STRING");
}

void RequestFacts::read_variables(IHttpContext& context) {
  software_ = server_variable(context, "SERVER_SOFTWARE");
  server_name_ = server_variable(context, "SERVER_NAME");
  server_port_ = server_variable(context, "SERVER_PORT");
  protocol_ = server_variable(context, "SERVER_PROTOCOL");
  local_address_ = server_variable(context, "LOCAL_ADDR");
  remote_address_ = server_variable(context, "REMOTE_ADDR");
  remote_port_ = server_variable(context, "REMOTE_PORT");
  remote_user_ = server_variable(context, "REMOTE_USER");
  auth_type_ = server_variable(context, "AUTH_TYPE");
  https_ = server_variable(context, "HTTPS");
  if (equals_ignoring_case(https_, "on")) read_encryption(context);
}

void RequestFacts::read_encryption(IHttpContext& context) {
  const auto read = [&](const char* name) {
    std::string value = server_variable(context, name);
    if (!value.empty()) extra_texts_.emplace_back(name, std::move(value));
  };
  std::ranges::for_each(kEncryptionVariables, read);
  if (has_client_certificate(*context.GetRequest())) std::ranges::for_each(kCertificateVariables, read);
  for (const auto& [name, value] : extra_texts_) extra_.push_back({name, value});
}

// A handler for scripts (*.php) names the script, one for everything the application.
void RequestFacts::split_path(IHttpContext& context) {
  const IScriptMapInfo* map = context.GetScriptMap();
  const std::wstring pattern = map == nullptr ? std::wstring() : wide_text(map->GetPath());
  DWORD length = 0;
  PCWSTR script = context.GetScriptName(&length);
  const std::string script_url = script == nullptr ? std::string() : to_utf8(script);
  const bool is_script = pattern.find(L'.') != std::wstring::npos && path_.starts_with(script_url);
  const std::size_t split = std::min(is_script ? script_url.size() : application_.virtual_path.size(), path_.size());
  script_name_ = path_.substr(0, split);
  path_info_ = path_.substr(split);
  if (is_script) {
    PCWSTR translated = context.GetScriptTranslated(&length);
    if (translated != nullptr) physical_path_ = to_utf8(translated);
  } else {
    physical_path_ = on_disk(application_.folder, path_info_);
  }
  if (!path_info_.empty()) path_translated_ = on_disk(application_.folder, path_info_);
}

void RequestFacts::fill_cgi() {
  cgi_.method = method_;
  cgi_.request_uri = url_;
  cgi_.script_name = script_name_;
  cgi_.path_info = path_info_;
  cgi_.query = query_;
  cgi_.path_translated = path_translated_;
  cgi_.physical_path = physical_path_;
  cgi_.document_root = application_.folder;
  cgi_.server_software = software_;
  cgi_.server_name = server_name_;
  cgi_.server_address = local_address_;
  cgi_.server_port = to_port(server_port_);
  if (!protocol_.empty()) cgi_.server_protocol = protocol_;
  cgi_.https = equals_ignoring_case(https_, "on");
  cgi_.remote_address = remote_address_;
  cgi_.remote_port = to_port(remote_port_);
  cgi_.remote_user = remote_user_;
  cgi_.auth_type = auth_type_;
  cgi_.headers = headers_;
  cgi_.extra = extra_;
}

bool RequestFacts::is_local() const {
  return is_local_request(remote_address_, local_address_);
}

}  // namespace zoo::module
