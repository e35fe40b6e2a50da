// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf1003 = {.info = {"ZF1003", Severity::kError, Effect::kFails,
                               "with --with-files: sha1 is that of the file", "build the feed again after its files",
                               "webpi-feed 4 [C]"}};

}  // namespace zoo::catalog::rules
