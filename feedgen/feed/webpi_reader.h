// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/xml.h"
#include "feedgen/catalog/product.h"

namespace zoo::feed {

/// Reads a WebPI feed as the client does (docs/formats/webpi-feed.md): templates and product versions expanded, what
/// stands where it has no meaning skipped. Wrong values are kept for the rules (catalog::check); what the model cannot
/// hold is reported here, under the ids of the same table. A feed that the client rejects is read on as far as it goes,
/// so that one run shows all findings. Nothing only when the root is no `feed` element, which is reported.
/// The catalog views into `document` and keeps it alive. Time and memory are linear in the document plus a bounded
/// expansion. Not to be called for one document from two threads.
std::optional<catalog::Catalog> read_webpi(const std::shared_ptr<XmlDocument>& document, Diagnostics& diagnostics);

}  // namespace zoo::feed
