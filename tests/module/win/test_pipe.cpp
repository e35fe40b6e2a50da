// SPDX-License-Identifier: Apache-2.0
#include <windows.h>
//
#include <aclapi.h>
#include <sddl.h>

#include <catch2/catch.hpp>
#include <string>

#include "module/win/pipe.h"

using namespace zoo::module;

namespace {

std::wstring dacl_of(HANDLE pipe) {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (::GetSecurityInfo(pipe, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr, nullptr, nullptr,
                        &descriptor) != ERROR_SUCCESS) {
    return {};
  }
  LPWSTR text = nullptr;
  std::wstring result;
  if (::ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION,
                                                             &text, nullptr)) {
    result = text;
    ::LocalFree(text);
  }
  ::LocalFree(descriptor);
  return result;
}

std::size_t count(const std::wstring& text, const std::wstring& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::wstring::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a worker's pipe has a random name and no second instance", "[pipe]") {
  PipePair pipe;
  PipePair other;
  DWORD error = 0;
  REQUIRE(make_pipe(PipeRole::kWorker, pipe, error));
  REQUIRE(make_pipe(PipeRole::kWorker, other, error));
  CHECK(pipe.name != other.name);
  CHECK(pipe.name.size() >= 32);
  const auto again = [&](DWORD flags) {
    return Handle(::CreateNamedPipeW(pipe.name.c_str(), PIPE_ACCESS_DUPLEX | flags, PIPE_TYPE_BYTE | PIPE_WAIT, 1, 4096,
                                     4096, 0, nullptr));
  };
  CHECK_FALSE(again(FILE_FLAG_FIRST_PIPE_INSTANCE));
  CHECK_FALSE(again(0));
  CHECK_FALSE(open_pipe(pipe.name, error));  // its one client is there already
  CHECK(error == ERROR_PIPE_BUSY);
}

TEST_CASE("a worker's pipe is for this process's user and the system only", "[pipe]") {
  PipePair pipe;
  DWORD error = 0;
  REQUIRE(make_pipe(PipeRole::kWorker, pipe, error));
  const std::wstring dacl = dacl_of(pipe.child.get());
  CAPTURE(std::string(dacl.begin(), dacl.end()));
  CHECK(dacl.starts_with(L"D:P"));
  CHECK(count(dacl, L"(A;") == 2);
  CHECK(count(dacl, L"(") == 2);
  CHECK(count(dacl, L";SY)") == 1);
}
