// SPDX-License-Identifier: Apache-2.0
#include "module/win/identity.h"

#include <windows.h>

namespace zoo::module {

ProcessIdentity::ProcessIdentity() noexcept {
  if (!::OpenThreadToken(::GetCurrentThread(), TOKEN_IMPERSONATE, TRUE, &impersonated_)) impersonated_ = nullptr;
  if (impersonated_ != nullptr) ::RevertToSelf();
}

ProcessIdentity::~ProcessIdentity() {
  if (impersonated_ == nullptr) return;
  ::SetThreadToken(nullptr, impersonated_);
  ::CloseHandle(impersonated_);
}

}  // namespace zoo::module
