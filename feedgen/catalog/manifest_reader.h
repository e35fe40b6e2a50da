// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/result.h"
#include "feedgen/base/xml.h"
#include "feedgen/catalog/product.h"
#include "feedgen/catalog/rules/rule.h"

namespace zoo::catalog {

/// Reads one manifest (docs/formats/manifest.md) and appends its product to `catalog`, which keeps the document alive.
/// Everything wrong in it is reported under ZM ids; false when the root is not a manifest's.
/// Values keep the units of manifests: sizes in bytes; outcomes and element names are those of the client (cmdLine,
/// ...).
bool read_manifest(const std::shared_ptr<XmlDocument>& document, Catalog& catalog, Diagnostics& diagnostics);

/// Reads every *.xml of a folder but the lock, in the order of file names, and checks what only all of them together
/// show (ids, dependencies, icons). An Error only when the folder or a file cannot be read.
Result<Catalog> read_manifests(const std::string& folder, SourceSet& sources, Diagnostics& diagnostics);

/// The checks between manifests: unique ids, known dependencies, no cycles.
void check_manifests(const Catalog& catalog, Diagnostics& diagnostics);

}  // namespace zoo::catalog
