// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "packager/package/parameters.h"

namespace zoo::deploy {

using Assignment = std::pair<std::string, std::string>;  ///< name and value

/// The values of all parameters, in their order: set ones, else value, else defaultValue; {Name} put in. Reports what
/// is set and does not exist (ZP0701), has no value (ZP0702), does not pass its validation (ZP0703) or refers to itself
/// (ZP0410); the values are then not to be used. Unknown names in braces stay as they are, as in Web Deploy.
std::vector<std::string> resolve_values(const package::Parameters& parameters, const std::vector<Assignment>& set,
                                        Diagnostics& diagnostics);

}  // namespace zoo::deploy
