// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf1009 = {.info = {"ZF1009", Severity::kError, Effect::kNone,
                               "with --with-files: build.json names every file with its size and hash",
                               "write build.json after everything but SHA256SUMS", "practice"}};

}  // namespace zoo::catalog::rules
