// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0801 = {.info = {"ZF0801", Severity::kError, Effect::kRejects,
                               "a template call names a template of the feed",
                               "define it in templates: \"Error preprocessing the feed\"", "webpi-feed 1 [C]"}};

}  // namespace zoo::catalog::rules
