// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "module/core/config_edits.h"

namespace zoo::module {

/// One folder on the way from a site's root to what is asked for.
struct ConfigLevel {
  std::string name;                          ///< The part of the URL; of the first level (the site's root) it is empty.
  const ConfigDocument* document = nullptr;  ///< Its web.config; null: it has none.
  bool application_root = false;             ///< An application begins here; the site's root is one.
};

/// What is in force at the last of `levels`, with IIS's inheritance: what a server has without any configuration, then
/// `host` (applicationHost.config, may be null), then for each level the <location> blocks that files above it have for
/// its path, then its own file. A file cannot change a section that one above has locked (overrideMode="Deny");
/// heliconZooServer is always locked to web.config files. Problems that only show here go to `problems`.
/// Pure; call it from any thread.
FolderConfig merge_config(const ConfigDocument* host, std::string_view site, std::span<const ConfigLevel> levels,
                          ConfigProblems& problems);

/// A server without any configuration: IIS's default documents, usual MIME types, request filtering as IIS ships it,
/// and the handler for static files.
FolderConfig default_config();

/// Is the engine (or "console") switched on? A name of its own beats "*"; without both it is on, since a server on
/// which nobody has touched the switchboard must work. "console" is never on: a command line for web visitors is not
/// served.
bool is_enabled(const std::vector<SwitchEntry>& switchboard, std::string_view name);

}  // namespace zoo::module
