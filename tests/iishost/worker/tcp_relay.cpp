// SPDX-License-Identifier: Apache-2.0
// A worker of a TCP engine for tests under Wine: opens the port that PORT names and passes every connection on to the
// port that its argument names, on which a program of the build machine listens.
#include <winsock2.h>
//
#include <windows.h>
#include <ws2tcpip.h>

#include <cstdlib>

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

}  // namespace

int main(int count, char** arguments) {
  WSADATA data;
  const char* port = std::getenv("PORT");
  if (port == nullptr || count != 2 || ::WSAStartup(MAKEWORD(2, 2), &data) != 0) return 2;
  const SOCKET listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in own = local_address(port);
  if (::bind(listener, as_sockaddr(own), sizeof(own)) != 0 || ::listen(listener, 64) != 0) return 3;
  const sockaddr_in other = local_address(arguments[1]);
  while (true) {
    const SOCKET client = ::accept(listener, nullptr, nullptr);
    if (client == INVALID_SOCKET) return 0;
    const SOCKET server = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(server, as_sockaddr(other), sizeof(other)) != 0) {
      ::closesocket(client);
      ::closesocket(server);
      continue;
    }
    Pair* const pair = new Pair{client, server};
    start(pair, client, server);
    start(pair, server, client);
  }
}
