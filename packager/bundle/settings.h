// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/catalog/product.h"
#include "packager/bundle/database.h"
#include "packager/package/manifest.h"
#include "packager/package/parameters.h"

/// manifest.xml and parameters.xml of a package, made from what the application's own files hold.
namespace zoo::bundle {

struct ApplicationFiles {
  std::string folder;                           ///< Its folder in the package.
  std::string settings;                         ///< settings.ini, or "".
  std::string web_config;                       ///< web.config, or "".
  std::vector<std::string> writable;            ///< Folders that it writes to.
  const catalog::Database* database = nullptr;  ///< What is filled at installation, or null.
  std::vector<Script> scripts = {};             ///< Of the database.
};

struct Setup {
  std::vector<package::Provider> providers;
  package::Parameters parameters;
};

/// iisApp, a provider for each database script, a setAcl for each writable folder, and parameters: application path,
/// engine, database and credentials, secret key, debug, administrator's mail, host names. A setting that the files do
/// not have is reported (ZP0602): a parameter that changes nothing would be silent. So are writable folders but log,
/// media and data (ZP0609).
Setup make_setup(const catalog::Product& product, const ApplicationFiles& files, Diagnostics& diagnostics);

/// "python.3.13" for the keyword "ZooEnginepython313", "perl.mojo" for "ZooEngineperlmojo"; "" for other keywords.
std::string engine_of_keyword(std::string_view keyword);

}  // namespace zoo::bundle
