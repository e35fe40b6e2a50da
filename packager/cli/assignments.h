// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "feedgen/base/result.h"
#include "packager/deploy/values.h"

namespace zoo::packager {

/// The values of --set: NAME=VALUE; the name goes to the first equals sign. kUsage for one without.
Result<std::vector<deploy::Assignment>> assignments(const std::vector<std::string>& texts);

}  // namespace zoo::packager
