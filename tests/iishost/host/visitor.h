// SPDX-License-Identifier: Apache-2.0
#pragma once

/// IIS may call a module on a thread that impersonates the client.
namespace iishost {

/// From now on modules are called so. False: the system gives no token.
bool impersonate_visitors();

/// Does the calling thread act for a visitor?
bool is_visitor();

/// Calls of modules on threads that acted for a visitor.
unsigned long calls_impersonated();

/// Threads that a module has given back with another token than it got, or with none.
unsigned long changed_tokens();

/// Around each call of a module: the thread acts for a visitor, if that was asked for, and is looked at afterwards.
/// Calls within calls (IIS tells of a response inside of the call that sends it) begin anew.
class AsVisitor final {
 public:
  AsVisitor();
  AsVisitor(const AsVisitor&) = delete;
  AsVisitor& operator=(const AsVisitor&) = delete;
  ~AsVisitor();

 private:
  void* before_ = nullptr;  // the token that the thread had
};

}  // namespace iishost
