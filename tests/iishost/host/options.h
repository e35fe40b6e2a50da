// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace iishost {

/// Ways to be worse than IIS mostly is.
struct Faults {
  std::size_t short_reads = 0;    ///< ReadEntityBody gives at most so many bytes.
  unsigned slow_completions = 0;  ///< Milliseconds before each completion.
  bool synchronous = false;       ///< All operations complete at once.
  bool remaining_wraps = false;   ///< GetRemainingEntityBytes gives 0, as for a body of 4 GiB.
  std::uint64_t fail_writes = 0;  ///< After so many bytes of a response, writing fails. 0: never
};

struct Options {
  std::vector<std::pair<std::string, std::string>> modules;  ///< Name in globalModules, DLL
  std::string host_file;                                     ///< applicationHost.config
  std::vector<std::string> schemas;
  std::uint16_t port = 0;
  std::uint32_t version = 0x000A0000;  ///< What RegisterModule is told: IIS 10.
  Faults faults;
  bool https = false;               ///< Connections count as encrypted.
  bool client_certificate = false;  ///< And clients as having a certificate.
  bool impersonate = false;         ///< Modules are called on threads that impersonate a visitor.
  bool deny_jobs = false;           ///< Modules can assign no process to a job object.
  bool preload = false;             ///< All applications have preloadEnabled="true".
};

}  // namespace iishost
