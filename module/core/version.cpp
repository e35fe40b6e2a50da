// SPDX-License-Identifier: Apache-2.0
#include "module/core/version.h"

namespace zoo::module {

std::string_view zoo_version() noexcept {
  return ZOO_VERSION_TEXT;
}

}  // namespace zoo::module
