// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "module/core/config_model.h"
#include "module/iis/ahadmin.h"

namespace zoo::module {

/// Reads what is in force at `path` ("MACHINE/WEBROOT/APPHOST/site/application") of heliconZooServer, heliconZoo and
/// handlers. IIS has merged the files, with inheritance and locking. A section that IIS cannot give (a malformed file,
/// a missing schema) is a fault with what IIS says. Call it on a thread of IIS: COM is initialised there.
FolderConfig read_folder_config(IAppHostAdminManager& manager, const std::wstring& path);

}  // namespace zoo::module
