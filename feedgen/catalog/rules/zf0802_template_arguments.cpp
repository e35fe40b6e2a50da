// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0802 = {.info = {"ZF0802", Severity::kError, Effect::kRejects, "a template call gives every argument",
                               "add the attribute with the argument's name", "webpi-feed 1 [C]"}};

}  // namespace zoo::catalog::rules
