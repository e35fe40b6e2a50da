// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0303 = {.info = {"ZF0303", Severity::kError, Effect::kRejects,
                               "and/or hold dependency elements, never a bare productId",
                               "write <dependency><productId>...</productId></dependency>", "webpi-feed 3 [C]"}};

}  // namespace zoo::catalog::rules
