// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace zoo::setup {

/// What the module starts zoosetup for: waits until one of two processes has ended, and ends the child with what it has
/// started if it was the parent. Both are numbers of handles that this process has inherited. The exit code.
int guard(const std::string& parent, const std::string& child);

}  // namespace zoo::setup
