// SPDX-License-Identifier: Apache-2.0
#include "module/win/pipe.h"

#include <sddl.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <random>
#include <vector>

namespace zoo::module {
namespace {

constexpr DWORD kPipeBuffer = 512 * 1024;

struct LocalFreer {
  void* memory = nullptr;
  LocalFreer() = default;
  LocalFreer(const LocalFreer&) = delete;
  LocalFreer& operator=(const LocalFreer&) = delete;
  ~LocalFreer() {
    if (memory != nullptr) ::LocalFree(memory);
  }
};

// 128 bits, so that nobody can make the pipe first by guessing.
std::wstring random_name() {
  std::random_device random;
  std::array<wchar_t, 80> name{};
  std::swprintf(name.data(), name.size(), L"\\\\.\\pipe\\zoo-%lu-%08x%08x%08x%08x", ::GetCurrentProcessId(), random(),
                random(), random(), random());
  return name.data();
}

// The user that this process runs as (an application pool's identity), whatever client it impersonates at the moment.
std::wstring own_sid() {
  HANDLE raw = nullptr;
  if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &raw)) return {};
  const Handle token(raw);
  DWORD size = 0;
  ::GetTokenInformation(token.get(), TokenUser, nullptr, 0, &size);
  std::vector<std::max_align_t> memory(size / sizeof(std::max_align_t) + 1);
  if (!::GetTokenInformation(token.get(), TokenUser, memory.data(), size, &size)) return {};
  const auto* user = static_cast<const TOKEN_USER*>(static_cast<const void*>(memory.data()));
  LPWSTR text = nullptr;
  if (!::ConvertSidToStringSidW(user->User.Sid, &text)) return {};
  std::wstring sid = text;
  ::LocalFree(text);
  return sid;
}

// Protected (P): nothing is inherited. FA: all that can be done with a file, for the user and the system.
bool make_descriptor(LocalFreer& descriptor) {
  static const std::wstring sid = own_sid();
  if (sid.empty()) return false;
  const std::wstring text = L"D:P(A;;FA;;;SY)(A;;FA;;;" + sid + L")";
  return ::ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1, &descriptor.memory,
                                                                nullptr) != 0;
}

Handle create_server(const std::wstring& name, DWORD open_mode, bool inherit) {
  LocalFreer descriptor;
  if (!make_descriptor(descriptor)) return {};
  SECURITY_ATTRIBUTES attributes{sizeof(SECURITY_ATTRIBUTES), descriptor.memory, inherit ? TRUE : FALSE};
  return Handle(::CreateNamedPipeW(name.c_str(), open_mode | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                   PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
                                   kPipeBuffer, kPipeBuffer, 0, &attributes));
}

// The worker must not act as this process: it may only see who it is.
Handle open_client(const std::wstring& name, DWORD access, DWORD flags, bool inherit) {
  SECURITY_ATTRIBUTES attributes{sizeof(SECURITY_ATTRIBUTES), nullptr, inherit ? TRUE : FALSE};
  return Handle(::CreateFileW(name.c_str(), access, 0, &attributes, OPEN_EXISTING,
                              flags | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
}

}  // namespace

bool make_pipe(PipeRole role, PipePair& pair, DWORD& error) {
  pair.name = random_name();
  if (role == PipeRole::kWorker) {
    pair.child = create_server(pair.name, PIPE_ACCESS_DUPLEX, true);
    if (pair.child) pair.parent = open_client(pair.name, GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED, false);
  } else {
    pair.parent = create_server(pair.name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED, false);
    if (pair.parent) pair.child = open_client(pair.name, GENERIC_WRITE, 0, true);
  }
  error = ::GetLastError();
  return pair.child && pair.parent;
}

Handle open_pipe(const std::wstring& name, DWORD& error) {
  Handle handle = open_client(name, GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED, false);
  error = handle ? ERROR_SUCCESS : ::GetLastError();
  return handle;
}

}  // namespace zoo::module
