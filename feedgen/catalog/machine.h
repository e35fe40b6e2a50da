// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/result.h"

namespace zoo::catalog {

/// The Windows machine that a plan is made for.
struct Machine {
  unsigned os_major = 10;  ///< Windows 10, 11 and Server 2016 and later are 10.0 (webpi-feed section 4).
  unsigned os_minor = 0;
  unsigned service_pack = 0;
  std::string type = "Server";         ///< One of the OS types of WebPI: Server, ServerCore, Client, HomeBasic, ...
  std::string arch = "x64";            ///< x86 or x64
  std::string language;                ///< Wanted language id; empty: the feed's default language.
  std::vector<std::string> installed;  ///< Product ids that count as installed; compared without case.
};

/// The command line's form of a Machine; empty strings keep the defaults.
struct MachineOptions {
  std::string os;         ///< "10.0", "6.1" or with a service pack "6.1.1"
  std::string arch;       ///< "x64" or "x86"
  std::string type;       ///< "Server", "Client", ...; compared without case
  std::string language;   ///< "en"
  std::string installed;  ///< "Python313,IIS7"; blanks around ids are dropped
};

/// An Error (kUsage) says which option is wrong and what it takes.
Result<Machine> parse_machine(const MachineOptions& options);

/// True when a machine of type `machine_type` is meant by the `osTypes` child `wanted`. The editions of a client are
/// clients too; "Client" alone stands for a full edition, which is all of them but Starter and HomeBasic.
bool os_type_matches(std::string_view machine_type, std::string_view wanted);

/// "Windows 6.1 SP1 Server, x64"
std::string describe(const Machine& machine);

}  // namespace zoo::catalog
