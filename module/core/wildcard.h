// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace zoo::module {

/// Does the whole of `text` match? '*' stands for any bytes, all others for themselves, ignoring the case of ASCII.
/// Quadratic at worst.
bool matches_wildcard(std::string_view pattern, std::string_view text) noexcept;

}  // namespace zoo::module
