// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>

#include "tests/iishost/host/context.h"
#include "tests/iishost/host/headers.h"

namespace iishost {
namespace {

bool has_no_body(const std::string& method, USHORT status) {
  return method == "HEAD" || status < 200 || status == 204 || status == 304;
}

constexpr DWORD kSendMoreData = 0x00000002;  // of the HTTP Server API
constexpr DWORD kSendOpaque = 0x00000040;

class SendProvider final : public ISendResponseProvider {
 public:
  explicit SendProvider(bool more) : flags_(more ? kSendMoreData : 0) {}
  void SetErrorStatus(HRESULT) override {}
  BOOL GetHeadersBeingSent() const override { return TRUE; }
  DWORD GetFlags() const override { return flags_; }
  void SetFlags(DWORD flags) override { flags_ = flags; }
  HTTP_LOG_DATA* GetLogData() const override { return nullptr; }
  HRESULT SetLogData(HTTP_LOG_DATA*) override { return E_NOTIMPL; }
  BOOL GetReadyToLogData() const override { return FALSE; }

 private:
  DWORD flags_;
};

std::string chunk_of(const std::string& data) {
  std::array<char, 32> head{};
  std::snprintf(head.data(), head.size(), "%zx\r\n", data.size());
  return head.data() + data + "\r\n";
}

}  // namespace

const std::string* Response::find(const std::string& name) const {
  for (const auto& [field, value] : fields_) {
    if (equal_names(field, name)) return &value;
  }
  return nullptr;
}

HRESULT Response::SetStatus(USHORT status, PCSTR reason, USHORT, HRESULT, IAppHostConfigException*, BOOL) {
  if (head_sent_) return HRESULT_FROM_WIN32(ERROR_INVALID_STATE);
  status_ = status;
  reason_ = reason;
  return S_OK;
}

HRESULT Response::SetHeader(HTTP_HEADER_ID id, PCSTR value, USHORT length, BOOL replace) {
  return SetHeader(std::string(response_header_name(id)).c_str(), value, length, replace);
}

HRESULT Response::SetHeader(PCSTR name, PCSTR value, USHORT length, BOOL replace) {
  if (head_sent_) return HRESULT_FROM_WIN32(ERROR_INVALID_STATE);
  if (replace) DeleteHeader(name);
  fields_.emplace_back(name, std::string(value, length));
  return S_OK;
}

HRESULT Response::DeleteHeader(HTTP_HEADER_ID id) {
  return DeleteHeader(std::string(response_header_name(id)).c_str());
}

HRESULT Response::DeleteHeader(PCSTR name) {
  std::erase_if(fields_, [&](const auto& field) { return equal_names(field.first, name); });
  return S_OK;
}

PCSTR Response::GetHeader(HTTP_HEADER_ID id, USHORT* length) const {
  return GetHeader(std::string(response_header_name(id)).c_str(), length);
}

PCSTR Response::GetHeader(PCSTR name, USHORT* length) const {
  const std::string* value = find(name);
  if (value == nullptr) return nullptr;
  if (length != nullptr) *length = static_cast<USHORT>(value->size());
  return value->c_str();
}

void Response::Clear() {
  buffer_.clear();
  fields_.clear();
  status_ = 200;
  reason_ = "OK";
}

void Response::ResetConnection() {
  was_reset_ = true;
  context_.connection().stream.reset();
}

void Response::GetStatus(USHORT* status, USHORT* sub, PCSTR* reason, USHORT* reason_length, HRESULT* error,
                         PCWSTR* module, DWORD* module_length, IAppHostConfigException** exception, BOOL* skip) {
  *status = status_;
  if (sub != nullptr) *sub = 0;
  if (reason != nullptr) *reason = reason_.c_str();
  if (reason_length != nullptr) *reason_length = static_cast<USHORT>(reason_.size());
  if (error != nullptr) *error = S_OK;
  if (module != nullptr) *module = nullptr;
  if (module_length != nullptr) *module_length = 0;
  if (exception != nullptr) *exception = nullptr;
  if (skip != nullptr) *skip = FALSE;
}

bool Response::send_head(bool more, std::size_t length) {
  head_sent_ = true;
  const ParsedHead& request = context_.head();
  keep_alive_ = keep_alive_ && request.keep_alive;
  std::string out = "HTTP/1.1 " + std::to_string(status_) + " " + reason_ + "\r\n";
  if (find("Server") == nullptr) out += "Server: Microsoft-IIS/10.0\r\n";
  for (const auto& [name, value] : fields_) out.append(name).append(": ").append(value).append("\r\n");
  if (find("Content-Length") == nullptr && !has_no_body(request.method, status_)) {
    if (!more) {
      out += "Content-Length: " + std::to_string(length) + "\r\n";
    } else if (request.minor_version == 1) {
      chunked_ = true;
      out += "Transfer-Encoding: chunked\r\n";
    } else {
      keep_alive_ = false;
    }
  }
  out += keep_alive_ || opaque_ ? "\r\n" : "Connection: close\r\n\r\n";
  return context_.connection().stream.write_all(out);
}

HRESULT Response::send(std::string data, bool more) {
  constexpr HRESULT kGone = HRESULT_FROM_WIN32(ERROR_CONNECTION_INVALID);
  if (faults_.fail_writes != 0 && sent_ + data.size() > faults_.fail_writes) return kGone;
  if (!head_sent_ && !send_head(more, data.size())) return kGone;
  sent_ += data.size();
  if (!data.empty() && opaque_) return context_.connection().stream.write_all(data) ? S_OK : kGone;
  if (data.empty() || has_no_body(context_.head().method, status_)) return S_OK;
  return context_.connection().stream.write_all(chunked_ ? chunk_of(data) : data) ? S_OK : kGone;
}

HRESULT Response::run(BOOL async, BOOL* pending, Done done, std::function<HRESULT(DWORD& bytes)> operation) {
  if (pending != nullptr) *pending = FALSE;
  DWORD bytes = 0;
  if (!async || faults_.synchronous) return operation(bytes);
  *pending = TRUE;
  context_.start_operation(std::move(operation), done.callback, done.context);
  return S_OK;
}

// IIS tells modules of it on the thread that sends.
void Response::announce_head(bool more) {
  if (std::exchange(announced_, true)) return;
  SendProvider provider(more);
  context_.notify_send(provider);
  opaque_ = status_ == 101 && (provider.GetFlags() & kSendOpaque) != 0;
}

HRESULT Response::flush(BOOL async, bool more, Done done, BOOL* pending) {
  announce_head(more);
  return run(async, pending, done, [this, data = std::exchange(buffer_, {}), more](DWORD& bytes) {
    bytes = static_cast<DWORD>(data.size());
    return send(data, more);
  });
}

HRESULT Response::Flush(BOOL async, BOOL more, DWORD* sent, BOOL* pending) {
  if (sent != nullptr) *sent = 0;
  return flush(async, more != FALSE, {}, pending);
}

HRESULT Response::Flush(BOOL async, BOOL more, PFN_ASYNC_COMPLETION callback, void* callback_context, DWORD* sent,
                        BOOL* pending) {
  *sent = 0;
  return flush(async, more != FALSE, {callback, callback_context}, pending);
}

HRESULT Response::WriteEntityChunkByReference(HTTP_DATA_CHUNK* chunk, LONG) {
  buffer_.append(static_cast<const char*>(chunk->FromMemory.pBuffer), chunk->FromMemory.BufferLength);
  return S_OK;
}

// Unbuffered memory is read when the operation runs, as IIS does it: a module that frees it too early is found out.
HRESULT Response::write(const std::vector<HTTP_DATA_CHUNK>& chunks, BOOL async, bool more, Done done, BOOL* pending) {
  const auto joined = [chunks] {
    std::string data;
    for (const HTTP_DATA_CHUNK& chunk : chunks) {
      data.append(static_cast<const char*>(chunk.FromMemory.pBuffer), chunk.FromMemory.BufferLength);
    }
    return data;
  };
  if (pending != nullptr) *pending = FALSE;
  if (buffering_) {
    buffer_ += joined();
    return S_OK;
  }
  announce_head(more);
  return run(async, pending, done, [this, joined, more](DWORD& bytes) {
    const std::string data = joined();
    bytes = static_cast<DWORD>(data.size());
    return send(data, more);
  });
}

HRESULT Response::WriteEntityChunks(HTTP_DATA_CHUNK* chunks, DWORD count, BOOL async, BOOL more, DWORD* sent,
                                    BOOL* pending) {
  if (sent != nullptr) *sent = 0;
  return write({chunks, chunks + count}, async, more != FALSE, {}, pending);
}

HRESULT Response::WriteEntityChunks(HTTP_DATA_CHUNK* chunks, DWORD count, BOOL async, BOOL more,
                                    PFN_ASYNC_COMPLETION callback, void* callback_context, DWORD* sent, BOOL* pending) {
  *sent = 0;
  return write({chunks, chunks + count}, async, more != FALSE, {callback, callback_context}, pending);
}

bool Response::complete() {
  if (was_reset_ || is_opaque()) return false;
  announce_head(false);
  std::string data;
  data.swap(buffer_);
  if ((!head_sent_ || !data.empty()) && FAILED(send(std::move(data), head_sent_))) return false;
  if (chunked_ && !context_.connection().stream.write_all("0\r\n\r\n")) return false;
  return keep_alive_;
}

}  // namespace iishost
