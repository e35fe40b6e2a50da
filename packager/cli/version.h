// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace zoo::packager {

/// The project's version, from CMakeLists.txt.
inline constexpr std::string_view kVersion = ZOO_VERSION;

}  // namespace zoo::packager
