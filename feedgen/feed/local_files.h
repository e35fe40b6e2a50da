// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "feedgen/base/diagnostic.h"
#include "feedgen/catalog/product.h"

/// The files of a published folder against the feed in it (rules ZF10xx).
namespace zoo::feed {

struct LocalFilesOptions {
  std::string folder;    ///< Where the feed's own files lie.
  std::string base_url;  ///< Addresses that begin with it name files in `folder` too; empty: relative names only.
};

/// Reports where feed and files disagree: files that are missing, of another size or hash, of another version, or of
/// no product; and, when they are there, index.html, SHA256SUMS and build.json. Every file of the folder is read once.
/// `sources` gets the page, so that findings in it have their place.
void check_local_files(const catalog::Catalog& feed, const LocalFilesOptions& options, SourceSet& sources,
                       Diagnostics& diagnostics);

}  // namespace zoo::feed
