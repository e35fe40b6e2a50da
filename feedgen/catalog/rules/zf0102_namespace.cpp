// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/rules/rules.h"

namespace zoo::catalog::rules {

const Rule kZf0102 = {
    .info = {"ZF0102", Severity::kError, Effect::kRejects,
             "the feed's default namespace is exactly http://www.w3.org/2005/Atom",
             "write xmlns=\"http://www.w3.org/2005/Atom\" on the feed element, with http and not https",
             "webpi-feed 0 [C]"}};

}  // namespace zoo::catalog::rules
