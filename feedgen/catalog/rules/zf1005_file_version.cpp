// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf1005 = {
    .info = {"ZF1005", Severity::kWarning, Effect::kNone,
             "with --with-files: a file that is named by the id of its product is named by its version too",
             "a new release has a new file name: clients and proxies keep old files", "web-deploy 6 [G]"}};

}  // namespace zoo::catalog::rules
