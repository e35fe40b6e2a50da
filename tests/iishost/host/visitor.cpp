// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/visitor.h"

#include <windows.h>

#include <atomic>
#include <cstdio>

namespace iishost {
namespace {

HANDLE visitor = nullptr;
std::atomic<unsigned long> changed{0};
std::atomic<unsigned long> impersonated{0};

HANDLE thread_token() {
  HANDLE token = nullptr;
  return ::OpenThreadToken(::GetCurrentThread(), TOKEN_QUERY | TOKEN_IMPERSONATE, TRUE, &token) ? token : nullptr;
}

// The number of a token; 0: there is none.
long long number_of(HANDLE token) {
  TOKEN_STATISTICS statistics{};
  DWORD size = 0;
  if (token == nullptr || !::GetTokenInformation(token, TokenStatistics, &statistics, sizeof(statistics), &size)) {
    return 0;
  }
  return static_cast<long long>(statistics.TokenId.HighPart) << 32 | statistics.TokenId.LowPart;
}

}  // namespace

// Identification is the weakest level at which a thread has an identity at all: nothing can be opened with it.
bool impersonate_visitors() {
  HANDLE process = nullptr;
  if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &process)) return false;
  const BOOL made = ::DuplicateTokenEx(process, TOKEN_QUERY | TOKEN_IMPERSONATE, nullptr, SecurityIdentification,
                                       TokenImpersonation, &visitor);
  ::CloseHandle(process);
  return made != FALSE;
}

bool is_visitor() {
  if (visitor == nullptr) return false;
  const HANDLE token = thread_token();
  if (token == nullptr) return false;
  ::CloseHandle(token);
  return true;
}

unsigned long calls_impersonated() {
  return impersonated;
}

unsigned long changed_tokens() {
  return changed;
}

AsVisitor::AsVisitor() {
  if (visitor == nullptr) return;
  before_ = thread_token();
  ::SetThreadToken(nullptr, visitor);
  if (is_visitor()) ++impersonated;
}

AsVisitor::~AsVisitor() {
  if (visitor == nullptr) return;
  const HANDLE now = thread_token();
  if (number_of(now) != number_of(visitor)) {
    ++changed;
    std::fputs("iishost: a module has changed whom its thread acts for\n", stderr);
  }
  if (now != nullptr) ::CloseHandle(now);
  ::SetThreadToken(nullptr, before_);
  if (before_ != nullptr) ::CloseHandle(before_);
}

}  // namespace iishost
