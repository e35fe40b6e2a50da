// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "module/setup/engine.h"

/// What the module needs in an applicationHost.config, and how it gets in and out.
namespace zoo::setup {

/// One of the two DLLs. Hosting panels know the names, and web.config files of applications name them.
struct ModuleDll {
  std::string name;           ///< "HeliconZoo_x64"
  std::string image;          ///< "C:\Program Files\Helicon\Zoo\HeliconZoo_x64.dll"
  std::string pre_condition;  ///< "bitness64"
};

/// The DLLs in a folder: both on x64, the 32-bit one alone on x86.
std::vector<ModuleDll> module_dlls(const std::string& install_folder, bool x64);

/// A text and what was done to it, in sentences for the user.
struct ConfigPlan {
  std::string text;
  std::vector<std::string> changes;   ///< Empty: the text is as it was.
  std::vector<std::string> warnings;  ///< What somebody else has to look at.
};

struct Registration {
  std::vector<ModuleDll> modules;
  std::optional<std::vector<Engine>> engines;  ///< None: those that are there stay.
};

/// Registers, or brings an older registration up to date. <userEngines>, <switchboard> and the sections' locking stay
/// as they are; <engines> belongs to the installer and is written anew. `name` is the file's name for messages.
SetupResult<ConfigPlan> plan_install(const std::string& text, const std::string& name, const Registration& wanted);

/// Writes <engines> of a registered module and nothing else.
SetupResult<ConfigPlan> plan_engines(const std::string& text, const std::string& name,
                                     const std::vector<Engine>& engines);

/// Removes the modules that lie in `install_folder`, and both sections wherever they stand: a section that is not
/// declared stops IIS. When another copy of the module is registered, nothing is changed and a warning says so.
SetupResult<ConfigPlan> plan_uninstall(const std::string& text, const std::string& name,
                                       const std::string& install_folder);

struct RegisteredModule {
  std::string name;
  std::string image;
  std::string pre_condition;
  bool enabled = false;  ///< It is in <modules> as well.
};

/// What a file says about the module.
struct HostStatus {
  bool server_section = false;  ///< heliconZooServer is declared.
  bool application_section = false;
  std::vector<RegisteredModule> modules;   ///< Of HeliconZoo_x86, HeliconZoo_x64, as they are registered.
  std::vector<std::string> other_modules;  ///< Names of other versions of Zoo: HeliconZooV4_x64.
  std::vector<std::string> engines;
  std::vector<std::string> user_engines;
  std::size_t handlers = 0;  ///< Handlers that name the module.

  /// All that install does is there.
  bool registered() const;
};
SetupResult<HostStatus> inspect(const std::string& text, const std::string& name);

/// Paths as Windows compares them: by no case, with either slash.
bool same_path(std::string_view left, std::string_view right);
bool equal_nocase(std::string_view left, std::string_view right);
/// The folder of a Windows path, without the slash at its end.
std::string_view folder_of(std::string_view path);

}  // namespace zoo::setup
