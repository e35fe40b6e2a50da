// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0301 = {
    .info = {"ZF0301", Severity::kError, Effect::kRejects, "a dependency is exactly one of productId, and, or, idref",
             "join several by and/or, each in its own dependency element; drop an empty one", "webpi-feed 3 [C]"}};

}  // namespace zoo::catalog::rules
