// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/result.h"

/// What scripts/libraries.sh found in the programs for Windows: the Debian packages whose code is in them.
namespace zoo::bundle {

struct Library {
  std::string package, version, licence;  ///< Debian's names and versions; the licence as an SPDX expression.
};

struct LinkedProgram {
  std::string name, machine;           ///< "zoosetup.exe", "x64" or "x86".
  std::vector<std::string> libraries;  ///< Names of packages.
};

struct Libraries {
  std::vector<Library> libraries;
  std::vector<LinkedProgram> programs;
  const Library* find(std::string_view package) const;
  /// Null when nothing is known of the program.
  const LinkedProgram* program(std::string_view name, std::string_view machine) const;
};

/// kVerification for a text of another form.
Result<Libraries> read_libraries(const std::string& path, std::string_view json);

}  // namespace zoo::bundle
