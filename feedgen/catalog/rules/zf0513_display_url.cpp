// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0513 = {.info = {"ZF0513", Severity::kNote, Effect::kIgnored, "displayURL has no effect",
                               "the entry's link is what the client shows", "webpi-feed 4"}};

}  // namespace zoo::catalog::rules
