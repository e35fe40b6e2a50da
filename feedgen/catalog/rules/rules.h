// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feedgen/catalog/rules/lookup.h"
#include "feedgen/catalog/rules/rule.h"

/// The rules one by one. Each is defined in a file named by its id and topic; rules.def lists them in the order of ids.
namespace zoo::catalog::rules {

#define ZOO_RULE(symbol) extern const Rule symbol;
#include "feedgen/catalog/rules/rules.def"
#undef ZOO_RULE

}  // namespace zoo::catalog::rules
