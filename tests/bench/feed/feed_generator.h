// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace zoo::bench {

/// A WebPI feed of `products` products, the same bytes at every call: about 2.7 KB and 57 elements a product, as in
/// Microsoft's own lists: runtimes, applications and packages with and/or trees, registry and file detection,
/// installers for two architectures, return codes, texts with entities and non-ASCII letters. No rule has anything to
/// report.
std::string generate_feed(std::size_t products);

}  // namespace zoo::bench
