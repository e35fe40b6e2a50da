// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0805 = {.info = {"ZF0805", Severity::kWarning, Effect::kIgnored,
                               "each productVersion is listed in productVersionsAvailable",
                               "add <productVersionAvailable id=\"...\"/> for it", "webpi-feed 2 [C]"}};

}  // namespace zoo::catalog::rules
