// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace zoo::setup {

/// The changes between two texts as a unified diff with three lines of context; empty when they are equal. Line ends
/// are shown as LF. Meant for few changes: the middle of texts that differ in more than some hundred lines is shown
/// whole.
std::string unified_diff(std::string_view before, std::string_view after, const std::string& name);

}  // namespace zoo::setup
