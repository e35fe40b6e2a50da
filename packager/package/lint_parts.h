// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packager/package/package.h"

/// The two halves of lint().
namespace zoo::package {

void lint_manifest(const Package& package, Diagnostics& diagnostics);
void lint_parameters(const Package& package, Diagnostics& diagnostics);

}  // namespace zoo::package
