// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf1006 = {.info = {"ZF1006", Severity::kError, Effect::kNone,
                               "with --with-files: the page and the feed have the same products",
                               "build feed and page together", "practice"}};

}  // namespace zoo::catalog::rules
