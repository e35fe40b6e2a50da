// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0804 = {.info = {"ZF0804", Severity::kError, Effect::kNone,
                               "templates and versions expand to a feed of bounded size",
                               "this program refuses to read on; call templates less often", "practice"}};

}  // namespace zoo::catalog::rules
