// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf1007 = {.info = {"ZF1007", Severity::kError, Effect::kNone,
                               "with --with-files: the page links the files beside the feed and tells their hashes",
                               "build feed and page together, after the files", "practice"}};

}  // namespace zoo::catalog::rules
