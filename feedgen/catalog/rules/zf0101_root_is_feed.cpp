// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0101 = {.info = {"ZF0101", Severity::kError, Effect::kRejects, "the root element is feed",
                               "a WebPI feed is one feed element with entry elements in it", "webpi-feed 0"}};

}  // namespace zoo::catalog::rules
