// SPDX-License-Identifier: Apache-2.0
// A small FastCGI worker for Windows: standard input is the server end of a named pipe (the convention of libfcgi and
// php-cgi), unless it is given a script. It knows nothing of the module. What it does depends on the last part of
// PATH_INFO: see answer().
#include <windows.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "tests/iishost/worker/crc32.h"

namespace {

// FastCGI 1.0 section 3.3 and 8.
constexpr unsigned kBegin = 1, kAbort = 2, kEnd = 3, kParams = 4, kStdin = 5, kStdout = 6, kGetValues = 9;
constexpr unsigned kGetValuesResult = 10, kUnknownType = 11;
constexpr std::size_t kHeader = 8;
constexpr std::size_t kMaxContent = 65528;
constexpr const wchar_t* kWait = L"--wait";
constexpr std::size_t kPeriod = 251;  // of what "big" sends

struct Request {
  unsigned id = 0;
  bool keep = false;
  std::string params;
  std::map<std::string, std::string> variables;
  std::uint64_t body_size = 0;
  std::uint32_t body_crc = 0;
  std::string body;  // its beginning
};

bool read_all(HANDLE pipe, char* out, std::size_t size) {
  while (size != 0) {
    DWORD count = 0;
    if (!::ReadFile(pipe, out, static_cast<DWORD>(size), &count, nullptr) || count == 0) return false;
    out += count;
    size -= count;
  }
  return true;
}

bool write_all(HANDLE pipe, std::string_view data) {
  while (!data.empty()) {
    DWORD count = 0;
    if (!::WriteFile(pipe, data.data(), static_cast<DWORD>(data.size()), &count, nullptr) || count == 0) return false;
    data.remove_prefix(count);
  }
  return true;
}

void append_record(std::string& out, unsigned type, unsigned id, std::string_view content) {
  const auto byte = [](std::size_t value) { return static_cast<char>(value & 0xFF); };
  for (const std::size_t value : {std::size_t{1}, std::size_t{type}, std::size_t{id >> 8}, std::size_t{id},
                                  content.size() >> 8, content.size(), std::size_t{0}, std::size_t{0}}) {
    out.push_back(byte(value));
  }
  out.append(content);
}

class Connection {
 public:
  explicit Connection(HANDLE pipe) : pipe_(pipe) {}

  /// Serves requests until the connection ends. False: the front end is gone.
  void serve() {
    while (read_request()) {
      if (!answer() || !request_.keep) break;
    }
  }

 private:
  bool read_request() {
    request_ = Request();
    while (true) {
      unsigned char head[kHeader];
      if (!read_all(pipe_, static_cast<char*>(static_cast<void*>(head)), kHeader)) return false;
      const unsigned type = head[1];
      const unsigned id = head[2] * 256U + head[3];
      content_.resize(head[4] * 256U + head[5] + head[6]);
      if (!read_all(pipe_, content_.data(), content_.size())) return false;
      content_.resize(content_.size() - head[6]);
      if (take(type, id)) return true;
    }
  }

  /// True at the end of the request's body.
  bool take(unsigned type, unsigned id) {
    if (type == kBegin) {
      request_.id = id;
      request_.keep = (content_.at(2) & 1) != 0;
    } else if (type == kParams && id == request_.id) {
      request_.params.append(content_);
    } else if (type == kStdin && id == request_.id) {
      request_.body_crc = iishost::crc32(request_.body_crc, content_);
      request_.body_size += content_.size();
      if (request_.body.size() < 4096) request_.body.append(content_.substr(0, 4096));
      return content_.empty();
    } else if (type == kAbort && id == request_.id) {
      finish();
    } else if (type == kGetValues) {
      std::string out;
      append_record(out, kGetValuesResult, 0, {});
      write_all(pipe_, out);
    } else if (id == 0) {
      std::string out;
      append_record(out, kUnknownType, 0, std::string(1, static_cast<char>(type)) + std::string(7, '\0'));
      write_all(pipe_, out);
    }
    return false;
  }

  std::size_t take_length(std::string_view& data) {
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(data[i])); };
    if (byte(0) < 128) {
      const std::size_t length = byte(0);
      data.remove_prefix(1);
      return length;
    }
    const std::size_t length = ((byte(0) & 127) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3);
    data.remove_prefix(4);
    return length;
  }

  void parse_params() {
    std::string_view data = request_.params;
    while (!data.empty()) {
      const std::size_t name = take_length(data);
      const std::size_t value = take_length(data);
      request_.variables[std::string(data.substr(0, name))] = data.substr(name, value);
      data.remove_prefix(name + value);
    }
  }

  std::uint64_t number(std::uint64_t fallback) const {
    const std::string& query = request_.variables.at("QUERY_STRING");
    return query.empty() ? fallback : std::strtoull(query.c_str(), nullptr, 10);
  }

  bool answer() {
    parse_params();
    const std::string& path = request_.variables["PATH_INFO"];
    const std::string name = path.substr(path.rfind('/') + 1);
    if (name == "crash") ::ExitProcess(3);
    if (name == "hang") ::Sleep(INFINITE);
    if (name == "garbage") return write_all(pipe_, std::string(4096, 'x'));
    if (name == "gate") wait_for_file();
    if (name == "slow") ::Sleep(static_cast<DWORD>(number(1000)));
    if (name == "big") return send_big(number(1024 * 1024));
    if (name == "status") return send("Status: " + std::to_string(number(404)) + " As Asked\r\n", "asked\n");
    if (name == "cut") {
      send_head("Content-Length: 1000\r\n", "only this");
      ::ExitProcess(4);
    }
    if (name == "headers") {
      return send("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Powered-By: worker\r\nDate: never\r\n", "two cookies\n");
    }
    if (name == "upload") {
      return send({}, std::to_string(request_.body_size) + " " + std::to_string(request_.body_crc) + "\n");
    }
    if (name == "child") return send({}, start_child() ? "started\n" : "failed\n");
    if (name == "pid") return send({}, std::to_string(::GetCurrentProcessId()) + "\n");
    if (name == "environment") return send({}, environment());
    std::string text;
    for (const auto& [key, value] : request_.variables) text += key + "=" + value + "\n";
    return send({}, text + "\n" + request_.body);
  }

  /// Another process, which waits for ever.
  static bool start_child() {
    std::wstring program(1024, L'\0');
    program.resize(::GetModuleFileNameW(nullptr, program.data(), static_cast<DWORD>(program.size())));
    std::wstring line = L"\"" + program + L"\" " + kWait;
    STARTUPINFOW startup{};
    startup.cb = sizeof(startup);
    PROCESS_INFORMATION created{};
    if (!::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                          &created)) {
      return false;
    }
    ::CloseHandle(created.hThread);
    ::CloseHandle(created.hProcess);
    return true;
  }

  /// Until the file is there that the variable GATE names.
  static void wait_for_file() {
    const char* const file = std::getenv("GATE");
    while (file != nullptr && ::GetFileAttributesA(file) == INVALID_FILE_ATTRIBUTES) ::Sleep(20);
  }

  static std::string environment() {
    std::string text;
    char* const block = ::GetEnvironmentStringsA();
    for (const char* line = block; *line != '\0'; line += std::string_view(line).size() + 1) text.append(line) += '\n';
    ::FreeEnvironmentStringsA(block);
    return text;
  }

  bool send_head(const std::string& fields, const std::string& body) {
    std::string out;
    append_record(out, kStdout, request_.id, "Content-Type: text/plain\r\n" + fields + "\r\n" + body);
    return write_all(pipe_, out);
  }

  bool send(const std::string& fields, const std::string& body) { return send_head(fields, body) && finish(); }

  /// Bytes that tell where they belong.
  bool send_big(std::uint64_t size) {
    if (!send_head("Content-Length: " + std::to_string(size) + "\r\n", {})) return false;
    std::string pattern(kMaxContent + kPeriod, '\0');
    for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<char>(i % kPeriod);
    std::string out;
    for (std::uint64_t at = 0; at < size;) {
      const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(size - at, kMaxContent));
      out.clear();
      append_record(out, kStdout, request_.id,
                    std::string_view(pattern).substr(static_cast<std::size_t>(at % kPeriod), part));
      if (!write_all(pipe_, out)) return false;
      at += part;
    }
    return finish();
  }

  bool finish() {
    std::string out;
    append_record(out, kStdout, request_.id, {});
    append_record(out, kEnd, request_.id, std::string(8, '\0'));
    return write_all(pipe_, out);
  }

  HANDLE pipe_;
  Request request_;
  std::string content_;
};

DWORD WINAPI wait_for_shutdown(void* event) {
  ::WaitForSingleObject(event, INFINITE);
  ::ExitProcess(0);
}

void watch_shutdown_event() {
  const char* text = std::getenv("_FCGI_SHUTDOWN_EVENT_");
  if (text == nullptr) return;
  const auto value = static_cast<std::uintptr_t>(std::strtoull(text, nullptr, 10));
  ::CloseHandle(::CreateThread(nullptr, 0, wait_for_shutdown, reinterpret_cast<void*>(value), 0, nullptr));
}

// As the interpreter of a deploy script: prints the file, whose first number is the exit code.
int run_script(const char* file) {
  std::string text;
  if (std::FILE* script = std::fopen(file, "rb")) {
    char part[256];
    for (std::size_t size = sizeof(part); size == sizeof(part);) {
      size = std::fread(part, 1, sizeof(part), script);
      text.append(part, size);
    }
    std::fclose(script);
  }
  std::printf("script says: %s\n", text.c_str());
  return text.empty() ? 9 : std::atoi(text.c_str());
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1 && std::string_view(arguments[1]) == "--wait") ::Sleep(INFINITE);
  if (count > 1) return run_script(arguments[1]);
  const HANDLE pipe = ::GetStdHandle(STD_INPUT_HANDLE);
  if (::GetFileType(pipe) != FILE_TYPE_PIPE) return 2;
  watch_shutdown_event();
  while (::ConnectNamedPipe(pipe, nullptr) || ::GetLastError() == ERROR_PIPE_CONNECTED) {
    Connection(pipe).serve();
    ::FlushFileBuffers(pipe);
    ::DisconnectNamedPipe(pipe);
  }
  return 0;
}
