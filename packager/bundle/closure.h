// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "feedgen/catalog/product.h"

namespace zoo::bundle {

/// Everything that a product's dependency trees name, directly or through others, all alternatives included, in the
/// order of ids; without the product itself. Ids that nobody defines are in it too.
std::vector<std::string> closure_of(const catalog::Catalog& catalog, const catalog::Product& product);

/// What install.ps1 does on a server without WebPI, as JSON (docs/formats/package.md): for x64 and x86 the products
/// that the client would install, in order, with detection, download, hashes and commands. The product itself is left
/// out.
std::string install_steps(const catalog::Catalog& catalog, const catalog::Product& product);

}  // namespace zoo::bundle
