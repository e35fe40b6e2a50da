// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0701 = {
    .info = {"ZF0701", Severity::kError, Effect::kRejects,
             "a discoveryHint is exactly one of registry, file, msiProductCode, msiPatchCode, and, or, not, idref",
             "join several by and/or, each in its own discoveryHint element; drop an empty one", "webpi-feed 5 [C]"}};

}  // namespace zoo::catalog::rules
