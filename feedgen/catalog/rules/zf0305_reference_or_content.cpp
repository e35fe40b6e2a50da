// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0305 = {.info = {"ZF0305", Severity::kError, Effect::kRejects,
                               "an element has an idref or content, never both", "drop one of them",
                               "webpi-feed 1 [C]"}};

}  // namespace zoo::catalog::rules
