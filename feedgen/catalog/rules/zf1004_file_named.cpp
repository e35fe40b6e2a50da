// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf1004 = {.info = {"ZF1004", Severity::kWarning, Effect::kNone,
                               "with --with-files: a package or installer beside the feed belongs to a product",
                               "remove the file, or add its product to the feed", "practice"}};

}  // namespace zoo::catalog::rules
