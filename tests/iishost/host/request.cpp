// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include "module/win/text.h"
#include "tests/iishost/host/context.h"
#include "tests/iishost/host/headers.h"

namespace iishost {
namespace {

using zoo::module::to_utf8;
using zoo::module::to_wide;
using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr HRESULT kEndOfBody = HRESULT_FROM_WIN32(ERROR_HANDLE_EOF);
constexpr DWORD kUnknownLength = 0xFFFFFFFF;
constexpr std::size_t kMostUnread = 1U << 20U;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    out += escape ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

auto find_field(const Fields& fields, std::string_view name) {
  return std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return equal_names(field.first, name); });
}

PCSTR give(const Fields& fields, std::string_view name, USHORT* length) {
  const auto found = find_field(fields, name);
  if (found == fields.end()) return nullptr;
  if (length != nullptr) *length = static_cast<USHORT>(found->second.size());
  return found->second.c_str();
}

bool parse_field(std::string_view line, ParsedHead& head) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  std::string_view value = line.substr(colon + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  head.fields.emplace_back(line.substr(0, colon), value);
  return true;
}

void read_meaning(ParsedHead& head) {
  const auto value = [&](std::string_view name) {
    const auto found = find_field(head.fields, name);
    return found == head.fields.end() ? std::string() : found->second;
  };
  head.host = value("host");
  head.chunked = equal_names(value("transfer-encoding"), "chunked");
  head.content_length = std::strtoull(value("content-length").c_str(), nullptr, 10);
  const std::string connection = value("connection");
  head.keep_alive = head.minor_version == 1 ? !equal_names(connection, "close") : equal_names(connection, "keep-alive");
}

}  // namespace

bool parse_head(const std::string& text, ParsedHead& head) {
  std::string_view rest = text;
  const auto next_line = [&] {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    return line;
  };
  const std::string_view first = next_line();
  const std::size_t space = first.find(' ');
  const std::size_t last = first.rfind(' ');
  if (space == std::string_view::npos || last <= space) return false;
  head.method = first.substr(0, space);
  head.target = first.substr(space + 1, last - space - 1);
  head.minor_version = first.ends_with("1.0") ? 0 : 1;
  for (std::string_view line = next_line(); !line.empty(); line = next_line()) {
    if (!parse_field(line, head)) return false;
  }
  const std::size_t question = head.target.find('?');
  head.path = decoded(std::string_view(head.target).substr(0, question));
  if (question != std::string::npos) head.query = head.target.substr(question + 1);
  read_meaning(head);
  return head.path.starts_with('/');
}

Request::Request(Context& context, ParsedHead head, const Faults& faults)
    : context_(context), head_(std::move(head)), faults_(faults), left_(head_.chunked ? 0 : head_.content_length) {
  body_done_ = !head_.chunked && left_ == 0;
  fill_raw();
}

// Of the raw request what modules are known to read.
void Request::fill_raw() {
  const std::size_t question = head_.target.find('?');
  const std::wstring query = question == std::string::npos ? L"" : to_wide(head_.target.substr(question));
  const std::wstring path = to_wide(head_.path);
  cooked_ = L"http://" + to_wide(head_.host) + path + query;
  raw_.Version = {1, static_cast<USHORT>(head_.minor_version)};
  raw_.pRawUrl = head_.target.c_str();
  raw_.RawUrlLength = static_cast<USHORT>(head_.target.size());
  raw_.CookedUrl.pFullUrl = cooked_.c_str();
  raw_.CookedUrl.FullUrlLength = static_cast<USHORT>(cooked_.size() * sizeof(wchar_t));
  raw_.CookedUrl.pAbsPath = cooked_.c_str() + cooked_.size() - path.size() - query.size();
  raw_.CookedUrl.AbsPathLength = static_cast<USHORT>(path.size() * sizeof(wchar_t));
  raw_.CookedUrl.pQueryString = query.empty() ? nullptr : cooked_.c_str() + cooked_.size() - query.size();
  raw_.CookedUrl.QueryStringLength = static_cast<USHORT>(query.size() * sizeof(wchar_t));
  std::memset(&raw_.Headers, 0, sizeof(raw_.Headers));
  unknown_.clear();
  for (const auto& [name, value] : head_.fields) {
    const int id = request_header_id(name);
    if (id >= 0) {
      raw_.Headers.KnownHeaders[id] = {static_cast<USHORT>(value.size()), value.c_str()};
    } else {
      unknown_.push_back(
          {static_cast<USHORT>(name.size()), static_cast<USHORT>(value.size()), name.c_str(), value.c_str()});
    }
  }
  raw_.Headers.UnknownHeaderCount = static_cast<USHORT>(unknown_.size());
  raw_.Headers.pUnknownHeaders = unknown_.data();
}

PCSTR Request::GetHeader(HTTP_HEADER_ID id, USHORT* length) const {
  return give(head_.fields, request_header_name(id), length);
}

PCSTR Request::GetHeader(PCSTR name, USHORT* length) const {
  return give(head_.fields, name, length);
}

HRESULT Request::SetHeader(HTTP_HEADER_ID id, PCSTR value, USHORT length, BOOL replace) {
  return SetHeader(std::string(request_header_name(id)).c_str(), value, length, replace);
}

HRESULT Request::SetHeader(PCSTR name, PCSTR value, USHORT length, BOOL replace) {
  if (replace) std::erase_if(head_.fields, [&](const auto& field) { return equal_names(field.first, name); });
  head_.fields.emplace_back(name, std::string(value, length));
  fill_raw();
  return S_OK;
}

HRESULT Request::DeleteHeader(HTTP_HEADER_ID id) {
  return DeleteHeader(std::string(request_header_name(id)).c_str());
}

HRESULT Request::DeleteHeader(PCSTR name) {
  std::erase_if(head_.fields, [&](const auto& field) { return equal_names(field.first, name); });
  fill_raw();
  return S_OK;
}

HRESULT Request::SetHttpMethod(PCSTR method) {
  head_.method = method;
  return S_OK;
}

HRESULT Request::SetUrl(PCSTR url, DWORD length, BOOL) {
  head_.target.assign(url, length);
  head_.path = decoded(head_.target.substr(0, head_.target.find('?')));
  changed_ = true;
  fill_raw();
  return S_OK;
}

HRESULT Request::SetUrl(PCWSTR url, DWORD length, BOOL reset_query) {
  const std::string narrow = to_utf8({url, length});
  return SetUrl(narrow.c_str(), static_cast<DWORD>(narrow.size()), reset_query);
}

DWORD Request::GetRemainingEntityBytes() {
  if (body_done_ || faults_.remaining_wraps) return 0;
  if (head_.chunked || left_ > kUnknownLength - 1) return kUnknownLength;
  return static_cast<DWORD>(left_);
}

HRESULT Request::GetClientCertificate(HTTP_SSL_CLIENT_CERT_INFO** certificate, BOOL* negotiated) {
  if (!context_.has_client_certificate()) return HRESULT_FROM_WIN32(ERROR_NOT_FOUND);
  *certificate = &certificate_;
  *negotiated = FALSE;
  return S_OK;
}

void Request::GetHttpVersion(USHORT* major, USHORT* minor) const {
  *major = 1;
  *minor = static_cast<USHORT>(head_.minor_version);
}

DWORD Request::GetSiteId() const {
  return context_.site_id();
}

// False at the last chunk.
bool Request::begin_chunk() {
  SocketStream& stream = context_.connection().stream;
  if (!first_chunk_) stream.read_line();
  first_chunk_ = false;
  left_ = std::strtoull(stream.read_line().c_str(), nullptr, 16);
  if (left_ != 0) return true;
  while (!stream.read_line().empty()) {  // trailers
  }
  return false;
}

HRESULT Request::read_now(char* buffer, std::size_t size, DWORD& received) {
  received = 0;
  if (body_done_) return kEndOfBody;
  SocketStream& stream = context_.connection().stream;
  if (!continued_ && find_field(head_.fields, "expect") != head_.fields.end()) {
    stream.write_all("HTTP/1.1 100 Continue\r\n\r\n");
  }
  continued_ = true;
  if (head_.chunked && left_ == 0 && !begin_chunk()) {
    body_done_ = true;
    return kEndOfBody;
  }
  if (faults_.short_reads != 0) size = std::min(size, faults_.short_reads);
  const std::size_t count = stream.read_some(buffer, static_cast<std::size_t>(std::min<std::uint64_t>(size, left_)));
  if (count == 0) return HRESULT_FROM_WIN32(ERROR_CONNECTION_INVALID);
  left_ -= count;
  if (left_ == 0 && !head_.chunked) body_done_ = true;
  received = static_cast<DWORD>(count);
  return S_OK;
}

bool Request::read_rest() {
  // Who waits for leave to send it has not sent it.
  if (!continued_ && find_field(head_.fields, "expect") != head_.fields.end()) return body_done_;
  std::array<char, 16384> piece;
  DWORD received = 0;
  for (std::size_t size = 0; !body_done_ && size < kMostUnread; size += received) {
    if (FAILED(read_now(piece.data(), piece.size(), received))) break;
  }
  return body_done_;
}

HRESULT Request::ReadEntityBody(void* buffer, DWORD size, BOOL async, DWORD* received, BOOL* pending) {
  char* const bytes = static_cast<char*>(buffer);
  if (pending != nullptr) *pending = FALSE;
  if (body_done_) return kEndOfBody;
  if (!async || faults_.synchronous) return read_now(bytes, size, *received);
  *pending = TRUE;
  context_.start_operation([this, bytes, size](DWORD& count) { return read_now(bytes, size, count); });
  return S_OK;
}

// Full duplex is there for connections that carry something else than HTTP.
HRESULT Request::ReadEntityBody(void* buffer, DWORD size, BOOL async, PFN_ASYNC_COMPLETION callback,
                                void* callback_context, DWORD* received, BOOL* pending) {
  *pending = FALSE;
  *received = 0;
  if (!context_.is_opaque()) return ReadEntityBody(buffer, size, FALSE, received, pending);
  if (!async || callback == nullptr) return E_NOTIMPL;
  if (faults_.short_reads != 0) size = std::min(size, static_cast<DWORD>(faults_.short_reads));
  *pending = TRUE;
  return context_.start_raw_read(static_cast<char*>(buffer), size, callback, callback_context);
}

}  // namespace iishost
