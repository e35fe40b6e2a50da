// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace zoo::module {

/// Of the product, "5.0.0": in logs, ZOO_VERSION and SERVER_SOFTWARE. CMake knows it.
std::string_view zoo_version() noexcept;

}  // namespace zoo::module
