// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace zoo::module {

/// Of the product: in logs, ZOO_VERSION and SERVER_SOFTWARE. The DLL's version resource takes it from CMake.
constexpr std::string_view kZooVersion = ZOO_VERSION_TEXT;

}  // namespace zoo::module
