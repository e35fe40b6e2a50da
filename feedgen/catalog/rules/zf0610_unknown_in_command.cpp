// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0610 = {.info = {"ZF0610", Severity::kWarning, Effect::kIgnored,
                               "the client skips elements of cmdLine that it does not know",
                               "the arguments are commandLineArguments; correct the name or drop the element",
                               "webpi-feed 0 [C]"}};

}  // namespace zoo::catalog::rules
