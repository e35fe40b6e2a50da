// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "module/core/config_model.h"
#include "module/iis/ahadmin.h"

namespace zoo::module {

/// Reads what is in force at `path` ("MACHINE/WEBROOT/APPHOST/site/application") of heliconZooServer, heliconZoo and
/// handlers. IIS has merged the files, with inheritance and locking. A section that IIS cannot give (a malformed file,
/// a missing schema) is a fault with what IIS says. Call it on a thread of IIS: COM is initialised there.
FolderConfig read_folder_config(IAppHostAdminManager& manager, const std::wstring& path);

/// What applicationHost.config says of a site; empty where it says nothing, or may not be read.
struct SiteFacts {
  std::string physical_path;  ///< Of its root, without a separator at its end.
  std::string bindings;       ///< "http/*:80:,https/*:443:name"
};
SiteFacts read_site_facts(IAppHostAdminManager& manager, std::uint32_t site_id);

}  // namespace zoo::module
