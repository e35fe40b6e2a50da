// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/result.h"
#include "feedgen/catalog/lock_file.h"
#include "feedgen/catalog/product.h"
#include "packager/package/zip_writer.h"

/// What goes into a package (docs/formats/package.md).
namespace zoo::bundle {

inline constexpr std::string_view kZooFolder = "zoo";
inline constexpr std::string_view kSums = "SHA256SUMS";
/// "X-1.0.0.zip" has its parameters in "X-1.0.0.SetParameters.xml" beside it, as Visual Studio names it.
inline constexpr std::string_view kSettingsSuffix = ".SetParameters.xml";

struct BundleOptions {
  std::string manifests_folder;  ///< With apps/<id>/ in it.
  std::string dist;              ///< Where installers/*.msi lie.
  bool without_module = false;   ///< Leave the module out instead of refusing.
  /// Makes the offline feed for these products; bundled files lie in `dist`. Injected, since feeds are another layer.
  std::function<Result<std::string>(const std::vector<std::string>& ids)> offline_feed;
};

struct Bundle {
  std::vector<package::ZipItem> items;
  std::string file_name;             ///< "BlankDjangoProject-1.0.0.zip"
  std::string settings;              ///< For msdeploy -setParamFile: every parameter that is asked, with its value.
  std::vector<std::string> closure;  ///< Ids of the products under zoo/manifests/.
};

/// The products that a package can be built of: those with a Web Deploy installer built here.
std::vector<const catalog::Product*> packaged_products(const catalog::Catalog& catalog);

/// Nothing after errors in `diagnostics` (ZP06xx and those of names). An Error when a file cannot be read.
Result<std::optional<Bundle>> make_bundle(const catalog::Catalog& catalog, const catalog::LockFile& lock,
                                          const catalog::Product& product, const BundleOptions& options,
                                          Diagnostics& diagnostics);

}  // namespace zoo::bundle
