// SPDX-License-Identifier: Apache-2.0
// A worker that links libfcgi, the library of most FastCGI programs for Windows: it takes requests from the named pipe
// that is its standard input in libfcgi's own way. tests/e2e/iis/libfcgi.sh builds it with the library. What it does
// depends on the last part of PATH_INFO, as in fcgi_worker.
#include <windows.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "fcgiapp.h"
#include "tests/iishost/worker/crc32.h"

namespace {

std::string variable(const FCGX_Request& request, const char* name) {
  const char* const value = FCGX_GetParam(name, request.envp);
  return value == nullptr ? std::string() : value;
}

void send(const FCGX_Request& request, const std::string& text) {
  FCGX_PutStr(text.data(), static_cast<int>(text.size()), request.out);
}

std::string answer_upload(const FCGX_Request& request) {
  std::string piece(65536, '\0');
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
  while (const int count = FCGX_GetStr(piece.data(), static_cast<int>(piece.size()), request.in)) {
    size += static_cast<std::uint64_t>(count);
    crc = iishost::crc32(crc, std::string_view(piece).substr(0, static_cast<std::size_t>(count)));
  }
  return std::to_string(size) + " " + std::to_string(crc) + "\n";
}

std::string answer_variables(const FCGX_Request& request) {
  std::string text;
  for (char** line = request.envp; *line != nullptr; ++line) text.append(*line) += '\n';
  return text;
}

void answer(const FCGX_Request& request) {
  const std::string path = variable(request, "PATH_INFO");
  const std::string name = path.substr(path.rfind('/') + 1);
  const std::string query = variable(request, "QUERY_STRING");
  const unsigned long number = std::strtoul(query.c_str(), nullptr, 10);
  if (name == "crash") ::ExitProcess(3);
  if (name == "slow") ::Sleep(number);
  send(request, "Content-Type: text/plain\r\n\r\n");
  if (name == "upload") {
    send(request, answer_upload(request));
  } else if (name == "big") {
    send(request, std::string(number, 'z'));
  } else if (name == "pid") {
    send(request, std::to_string(::GetCurrentProcessId()) + "\n");
  } else {
    send(request, answer_variables(request));
  }
}

}  // namespace

int main() {
  // The module starts it with both closed, which is how libfcgi knows that it runs under FastCGI. Wine shows closed
  // ones as 0 and not as Windows does.
  for (const DWORD stream : {STD_OUTPUT_HANDLE, STD_ERROR_HANDLE}) {
    if (::GetStdHandle(stream) == nullptr) ::SetStdHandle(stream, INVALID_HANDLE_VALUE);
  }
  if (FCGX_Init() != 0 || FCGX_IsCGI()) return 2;
  FCGX_Request request;
  if (FCGX_InitRequest(&request, 0, 0) != 0) return 3;
  while (FCGX_Accept_r(&request) == 0) {
    answer(request);
    FCGX_Finish_r(&request);
  }
  return 0;
}
