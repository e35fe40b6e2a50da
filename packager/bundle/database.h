// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/result.h"
#include "feedgen/catalog/product.h"
#include "packager/bundle/content.h"
#include "packager/package/manifest.h"
#include "packager/package/parameters.h"

/// The database that a package fills at installation (web-deploy sections 3 and 5): scripts, their providers, and the
/// parameters that the clients ask for.
namespace zoo::bundle {

/// A script as it lies in the package: at the root, outside of the site, where nobody can download it.
struct Script {
  std::string name;  ///< "install.sql"
  std::string text;
  const catalog::DatabaseScript* declared = nullptr;
};

/// Takes the declared scripts, and folders that hold nothing else, out of `content`, whose names begin with `prefix`.
/// What is missing, is no text or has an unknown placeholder is reported (ZP0606 to ZP0608) with its place. An Error
/// when a file cannot be read.
Result<std::vector<Script>> take_scripts(const catalog::Database& database, const std::string& prefix, Content& content,
                                         Diagnostics& diagnostics);

/// One provider a script, in the order of the manifest.
std::vector<package::Provider> database_providers(const catalog::Database& database,
                                                  const std::vector<Script>& scripts);

/// Server, name, account and administrator with the tags that clients know, and the hidden connection string. Values go
/// into the placeholders of the scripts, and into the lines of settings.ini (`settings_file` in the package, `settings`
/// its text, "" when there is none). A line that says another engine is reported (ZP0602).
std::vector<package::Parameter> database_parameters(const catalog::Database& database,
                                                    const std::vector<Script>& scripts,
                                                    const std::string& settings_file, const std::string& settings,
                                                    Diagnostics& diagnostics);

/// True for a line of settings.ini that database_parameters() takes care of.
bool is_database_line(std::string_view key);

}  // namespace zoo::bundle
