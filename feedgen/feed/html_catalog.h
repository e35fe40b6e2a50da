// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "feedgen/catalog/product.h"

namespace zoo::feed {

/// A product that the feed definition selects but that this build leaves out.
struct MissingProduct {
  std::string id;
  std::string reason;  ///< One sentence without full stop, e.g. "packages/X-1.0.0.zip has not been built".
};

/// What is known of a file that the catalogue names, apart from what a feed tells.
struct LocalFile {
  struct Setting {
    std::string name, value;  ///< A parameter that Web Deploy is given, with its usual value.
  };
  struct Companion {
    std::string path, label;  ///< A file beside it, relative to the page, and what it is.
  };
  std::uint64_t size = 0;             ///< Bytes, exactly.
  bool built_here = false;            ///< It lies beside the page: offered for download.
  std::vector<Setting> settings;      ///< Of a Web Deploy package.
  std::string settings_file;          ///< Their SetParameters file beside the package, relative to the page, or "".
  std::vector<Companion> companions;  ///< Bills of material and the like.
};

struct HtmlOptions {
  std::string feed_path = "feed.xml";  ///< Where the feed lies, relative to the page.
  std::string feed_url;                ///< Its absolute address when known, shown for copying; may be empty.
  std::string tagline;                 ///< The sentence under the title; empty: the project's own.
  std::uint64_t size_unit = 1;         ///< What installerFile sizes count: 1 in manifests, 1024 in a WebPI feed.
  /// Path of a product's icon relative to the page, or "": then its first letter is drawn. Unset: the product's own
  /// relative icon path. A path that leaves the page's folder is not used.
  std::function<std::string(const catalog::Product&)> icon;
  /// Picture of everything that a product needs, as an inline <svg> element, well-formed, with ids unique in the page;
  /// or
  /// "". Asked only for products that have dependencies.
  std::function<std::string(const catalog::Product&)> graph;
  std::vector<MissingProduct> missing;
  /// By the address or relative path of the file as the catalogue has it.
  std::map<std::string, LocalFile, std::less<>> files;
};

/// The catalogue for people: one HTML page in UTF-8 without script or outside resource, the same bytes for the same
/// input. It is well-formed XML as well, so that tests and tools can read it. What it links to lies beside it (feed,
/// icons, files built here) or on the http(s) addresses that the products name. Time and size are linear in the
/// catalogue; a dependency tree is shown up to 400 nodes and 24 levels.
std::string html_catalog(const catalog::Catalog& catalog, const HtmlOptions& options);

}  // namespace zoo::feed
