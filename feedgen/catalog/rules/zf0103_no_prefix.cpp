// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0103 = {
    .info = {"ZF0103", Severity::kError, Effect::kRejects, "the feed's names have no prefix",
             "declare the Atom namespace as the default one (xmlns=...) and drop the prefix everywhere",
             "webpi-feed 0 [C]"}};

}  // namespace zoo::catalog::rules
