// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0116 = {.info = {"ZF0116", Severity::kWarning, Effect::kIgnored,
                               "architectures, installers and trackingURLPrefix have no meaning at feed level",
                               "put it into each installer; a template or installerConfiguration saves repeating it",
                               "webpi-feed 1"}};

}  // namespace zoo::catalog::rules
