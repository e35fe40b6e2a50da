// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feedgen/catalog/product.h"
#include "feedgen/feed/html_catalog.h"

namespace zoo::feed::test {

/// A small catalogue with one of everything that the page shows: the four applications, runtimes, a driver, a database,
/// Windows features, nested trees, a shared tree, an unknown id, a product that is left out, and hostile texts.
catalog::Catalog html_sample();

/// What goes with it: a picture for each product with dependencies, one product left out.
HtmlOptions html_sample_options();

}  // namespace zoo::feed::test
