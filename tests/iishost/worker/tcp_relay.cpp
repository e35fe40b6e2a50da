// SPDX-License-Identifier: Apache-2.0
// The program of a TCP engine for tests under Wine. As a worker it opens the port that PORT names and passes every
// connection on to the port that its argument names, on which a program of the build machine listens. As the
// interpreter of a deploy script, which is its argument then, it lets the build machine run the script: DEPLOY_RUNNER
// is the port for that.
#include <winsock2.h>
//
#include <windows.h>
#include <ws2tcpip.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

/// Both directions of one connection; the last that ends closes it.
struct Pair {
  SOCKET client;
  SOCKET server;
  LONG running = 2;
};

struct Way {
  Pair* pair;
  SOCKET from;
  SOCKET to;
};

DWORD WINAPI pump(void* argument) {
  Way* const way = static_cast<Way*>(argument);
  char buffer[16384];
  while (true) {
    const int count = ::recv(way->from, buffer, sizeof(buffer), 0);
    if (count <= 0 || ::send(way->to, buffer, count, 0) != count) break;
  }
  ::shutdown(way->to, SD_SEND);
  if (::InterlockedDecrement(&way->pair->running) == 0) {
    ::closesocket(way->pair->client);
    ::closesocket(way->pair->server);
    delete way->pair;
  }
  delete way;
  return 0;
}

const sockaddr* as_sockaddr(const sockaddr_in& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

sockaddr_in local_address(const char* port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<u_short>(std::atoi(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void start(Pair* pair, SOCKET from, SOCKET to) {
  ::CloseHandle(::CreateThread(nullptr, 0, pump, new Way{pair, from, to}, 0, nullptr));
}

SOCKET connect_to(const char* port) {
  const SOCKET server = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in other = local_address(port);
  if (::connect(server, as_sockaddr(other), sizeof(other)) == 0) return server;
  ::closesocket(server);
  return INVALID_SOCKET;
}

int relay(const char* to) {
  const char* port = std::getenv("PORT");
  if (port == nullptr) return 2;
  const SOCKET listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in own = local_address(port);
  if (::bind(listener, as_sockaddr(own), sizeof(own)) != 0 || ::listen(listener, 64) != 0) return 3;
  while (true) {
    const SOCKET client = ::accept(listener, nullptr, nullptr);
    if (client == INVALID_SOCKET) return 0;
    const SOCKET server = connect_to(to);
    if (server == INVALID_SOCKET) {
      ::closesocket(client);
      continue;
    }
    Pair* const pair = new Pair{client, server};
    start(pair, client, server);
    start(pair, server, client);
  }
}

/// The script, the current folder and the variables, each with a zero behind it; UTF-8.
std::string description(const wchar_t* script) {
  std::wstring all(script);
  all.push_back(L'\0');
  std::array<wchar_t, 1024> folder{};
  all.append(folder.data(), ::GetCurrentDirectoryW(static_cast<DWORD>(folder.size()), folder.data())).push_back(L'\0');
  wchar_t* const block = ::GetEnvironmentStringsW();
  for (const wchar_t* line = block; *line != L'\0'; line += std::wstring_view(line).size() + 1) {
    all.append(line).push_back(L'\0');
  }
  ::FreeEnvironmentStringsW(block);
  std::string text(all.size() * 3, '\0');
  text.resize(
      static_cast<std::size_t>(::WideCharToMultiByte(CP_UTF8, 0, all.data(), static_cast<int>(all.size()), text.data(),
                                                     static_cast<int>(text.size()), nullptr, nullptr)));
  return text;
}

/// What comes back is what the script has printed, a zero, and its exit code.
int run_elsewhere(const wchar_t* script) {
  const char* port = std::getenv("DEPLOY_RUNNER");
  const SOCKET runner = port == nullptr ? INVALID_SOCKET : connect_to(port);
  if (runner == INVALID_SOCKET) return 4;
  const std::string sent = description(script);
  ::send(runner, sent.data(), static_cast<int>(sent.size()), 0);
  ::shutdown(runner, SD_SEND);
  std::string answer;
  std::array<char, 4096> piece{};
  for (int count = 0; (count = ::recv(runner, piece.data(), static_cast<int>(piece.size()), 0)) > 0;) {
    answer.append(piece.data(), static_cast<std::size_t>(count));
  }
  const std::size_t end = answer.find('\0');
  if (end == std::string::npos) return 5;
  std::fwrite(answer.data(), 1, end, stdout);
  return std::atoi(answer.c_str() + end + 1);
}

}  // namespace

int wmain(int count, wchar_t** arguments) {
  WSADATA data;
  if (count != 2 || ::WSAStartup(MAKEWORD(2, 2), &data) != 0) return 2;
  const std::wstring_view argument(arguments[1]);
  if (argument.find_first_not_of(L"0123456789") != std::wstring_view::npos) return run_elsewhere(arguments[1]);
  std::string port;
  for (const wchar_t digit : argument) port.push_back(static_cast<char>(digit));
  return relay(port.c_str());
}
