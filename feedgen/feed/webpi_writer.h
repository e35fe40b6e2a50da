// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "feedgen/catalog/product.h"

namespace zoo::feed {

/// The catalogue as one WebPI feed (docs/formats/webpi-feed.md): UTF-8, LF, canonical order of elements, products in
/// the order of the catalogue. It writes what the model holds and judges nothing: run the rules before. Reading the
/// text again gives an equal model, and writing that again the same bytes.
std::string write_webpi(const catalog::Catalog& catalog);

}  // namespace zoo::feed
