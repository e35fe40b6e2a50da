// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf1008 = {.info = {"ZF1008", Severity::kError, Effect::kNone,
                               "with --with-files: SHA256SUMS names every file with its hash", "write SHA256SUMS last",
                               "practice"}};

}  // namespace zoo::catalog::rules
