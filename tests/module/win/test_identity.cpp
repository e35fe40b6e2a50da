// SPDX-License-Identifier: Apache-2.0
#include <windows.h>

#include <catch2/catch.hpp>

#include "module/win/identity.h"

using namespace zoo::module;

namespace {

bool impersonates() {
  HANDLE token = nullptr;
  if (!::OpenThreadToken(::GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) return false;
  ::CloseHandle(token);
  return true;
}

}  // namespace

TEST_CASE("a thread that impersonates somebody acts as its process for a while", "[identity]") {
  REQUIRE(::ImpersonateSelf(SecurityImpersonation));
  REQUIRE(impersonates());
  {
    const ProcessIdentity process;
    CHECK_FALSE(impersonates());
    {
      const ProcessIdentity again;
      CHECK_FALSE(impersonates());
    }
    CHECK_FALSE(impersonates());
  }
  CHECK(impersonates());
  ::RevertToSelf();
}

TEST_CASE("a thread that impersonates nobody still does not afterwards", "[identity]") {
  REQUIRE_FALSE(impersonates());
  { const ProcessIdentity process; }
  CHECK_FALSE(impersonates());
}
