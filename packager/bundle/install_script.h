// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "feedgen/catalog/product.h"

/// The texts under zoo/ for people and for servers without WebPI. CR LF, as Windows has them.
namespace zoo::bundle {

std::string install_cmd();
std::string install_ps1();
std::string readme(const catalog::Product& product, bool with_module);

}  // namespace zoo::bundle
