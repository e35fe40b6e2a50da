// SPDX-License-Identifier: Apache-2.0
#include "module/win/process_guard.h"

#include <array>
#include <cstdint>
#include <string>

#include "module/win/attribute_list.h"

namespace zoo::module {
namespace {

constexpr const wchar_t* kProgram = L"zoosetup.exe";

/// The folder of the DLL or program that this function is linked into, with its separator.
std::wstring own_folder() {
  HMODULE library = nullptr;
  const void* here = &kProgram;
  ::GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       static_cast<LPCWSTR>(here), &library);
  std::array<wchar_t, 32768> path;
  const DWORD size = ::GetModuleFileNameW(library, path.data(), static_cast<DWORD>(path.size()));
  const std::wstring text(path.data(), size);
  return text.substr(0, text.rfind(L'\\') + 1);
}

Handle inheritable(HANDLE process, DWORD rights) {
  HANDLE copy = nullptr;
  ::DuplicateHandle(::GetCurrentProcess(), process, ::GetCurrentProcess(), &copy, rights, TRUE, 0);
  return Handle(copy);
}

std::wstring number(HANDLE handle) {
  return std::to_wstring(reinterpret_cast<std::uintptr_t>(handle));
}

}  // namespace

Handle start_guard(HANDLE process, DWORD& error) {
  const Handle parent = inheritable(::GetCurrentProcess(), SYNCHRONIZE);
  const Handle child = inheritable(process, SYNCHRONIZE | PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION);
  const AttributeList attributes({parent.get(), child.get()});
  STARTUPINFOEXW startup{};
  startup.StartupInfo.cb = sizeof(startup);
  startup.lpAttributeList = attributes.get();
  const std::wstring program = own_folder() + kProgram;
  std::wstring line = L"\"" + program + L"\" guard " + number(parent.get()) + L" " + number(child.get());
  PROCESS_INFORMATION created{};
  const BOOL done =
      attributes.get() != nullptr && ::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE,
                                                      CREATE_NO_WINDOW | EXTENDED_STARTUPINFO_PRESENT, nullptr, nullptr,
                                                      &startup.StartupInfo, &created);
  error = ::GetLastError();
  if (!done) return {};
  ::CloseHandle(created.hThread);
  return Handle(created.hProcess);
}

}  // namespace zoo::module
