// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf1001 = {.info = {"ZF1001", Severity::kError, Effect::kFails,
                               "with --with-files: a file that the feed names beside itself is there",
                               "build it, or take its product out of the feed", "webpi-feed 4"}};

}  // namespace zoo::catalog::rules
