// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0117 = {.info = {"ZF0117", Severity::kNote, Effect::kIgnored,
                               "the client skips feed elements it does not know",
                               "drop the element or correct its name", "webpi-feed 0 [C]"}};

}  // namespace zoo::catalog::rules
