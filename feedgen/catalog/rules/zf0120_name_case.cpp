// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0120 = {.info = {"ZF0120", Severity::kWarning, Effect::kIgnored, "element names are compared with case",
                               "write the name as the format has it: msDeploy, not msdeploy", "webpi-feed 4 [C]"}};

}  // namespace zoo::catalog::rules
