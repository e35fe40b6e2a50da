// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// Names of our own formats: manifests (docs/formats/manifest.md) and feed definitions
/// (docs/formats/feed-definition.md).
namespace zoo::catalog {

inline constexpr std::string_view kManifestNamespace = "urn:zoo:manifest:1";
inline constexpr std::string_view kDefinitionNamespace = "urn:zoo:feed:1";
inline constexpr std::string_view kLockFileName = "lock.xml";

/// The client's own names of return code outcomes beside those of a manifest.
struct OutcomeName {
  std::string_view manifest, webpi;
};
inline constexpr OutcomeName kOutcomes[] = {{"success", "success"},
                                            {"success-reboot", "successRebootRequired"},
                                            {"failure", "failure"},
                                            {"failure-reboot", "failureRebootRequired"},
                                            {"none", "none"}};

inline constexpr std::string_view kOsTypes[] = {"Server",  "ServerCore", "Client",     "HomeBasic", "HomePremium",
                                                "Starter", "Ultimate",   "Enterprise", "Business"};

/// Databases that a package can fill: what manifests call them, Web Deploy's provider, and the keyword that clients
/// look for (web-deploy sections 3 and 6).
struct DatabaseEngine {
  std::string_view manifest, provider, keyword;
};
inline constexpr DatabaseEngine kDatabaseEngines[] = {{"mysql", "dbMySql", "MySQL"}, {"sqlserver", "dbFullSql", "SQL"}};
/// Null for a name that is none.
constexpr const DatabaseEngine* find_database_engine(std::string_view manifest_name) {
  for (const DatabaseEngine& engine : kDatabaseEngines) {
    if (engine.manifest == manifest_name) return &engine;
  }
  return nullptr;
}

}  // namespace zoo::catalog
