// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0215 = {.info = {"ZF0215", Severity::kNote, Effect::kIgnored,
                               "the client skips entry elements with children that it does not know",
                               "drop the element or correct its name", "webpi-feed 2 [C]"}};

}  // namespace zoo::catalog::rules
