// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0611 = {.info = {"ZF0611", Severity::kNote, Effect::kIgnored,
                               "msiInstall takes msi, properties and returnCodeMappings",
                               "it runs silently by itself; write NAME=VALUE pairs into properties", "webpi-feed 4"}};

}  // namespace zoo::catalog::rules
