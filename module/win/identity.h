// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace zoo::module {

/// Makes the calling thread act as its process and not as somebody whom it impersonates, for as long as this exists:
/// what a server's thread does for the module (reading the configuration, writing a body to a file) is not the
/// visitor's business. Must end on the thread on which it began.
class ProcessIdentity final {
 public:
  ProcessIdentity() noexcept;
  ProcessIdentity(const ProcessIdentity&) = delete;
  ProcessIdentity& operator=(const ProcessIdentity&) = delete;
  ~ProcessIdentity();

 private:
  void* impersonated_ = nullptr;  // the token; null: the thread impersonated nobody
};

}  // namespace zoo::module
