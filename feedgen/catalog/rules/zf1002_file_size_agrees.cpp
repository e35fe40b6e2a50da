// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf1002 = {.info = {"ZF1002", Severity::kError, Effect::kNone,
                               "with --with-files: fileSize is the size of the file in KiB, rounded up",
                               "build the feed again after its files", "webpi-feed 4 [C]"}};

}  // namespace zoo::catalog::rules
