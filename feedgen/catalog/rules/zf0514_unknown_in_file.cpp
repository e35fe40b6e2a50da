// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0514 = {
    .info = {"ZF0514", Severity::kWarning, Effect::kIgnored, "the client skips installerFile elements it does not know",
             "sha1 is the only hash that it checks; correct the name or drop the element", "webpi-feed 4"}};

}  // namespace zoo::catalog::rules
