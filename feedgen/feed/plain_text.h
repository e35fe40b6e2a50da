// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace zoo::feed {

/// Text of a feed as one line for a terminal: white space is one blank each, other control characters (C0, DEL, and C1
/// in UTF-8) are '?', so that a feed cannot move the cursor or change colours.
std::string one_line(std::string_view text);

}  // namespace zoo::feed
