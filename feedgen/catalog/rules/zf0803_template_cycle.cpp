// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0803 = {.info = {"ZF0803", Severity::kError, Effect::kRejects, "templates do not call themselves",
                               "drop one of the calls", "webpi-feed 1 [C]"}};

}  // namespace zoo::catalog::rules
