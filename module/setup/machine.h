// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "module/setup/setup_result.h"

namespace zoo::setup {

/// The two views of HKEY_LOCAL_MACHINE\SOFTWARE on x64; on x86 both are the same.
enum class RegistryView { k64, k32 };

/// The machine whose interpreters and web servers are looked for: this one, or one that a file describes.
/// Paths are Windows paths in UTF-8.
class Machine {
 public:
  Machine() = default;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  virtual ~Machine() = default;

  virtual bool is_x64() const = 0;
  /// Names of the keys directly below HKEY_LOCAL_MACHINE\`key`; none when it is not there.
  virtual std::vector<std::string> registry_keys(RegistryView view, const std::string& key) const = 0;
  /// A text value of HKEY_LOCAL_MACHINE\`key`; the empty name is the default value.
  virtual std::optional<std::string> registry_value(RegistryView view, const std::string& key,
                                                    const std::string& name) const = 0;
  virtual bool file_exists(const std::string& path) const = 0;
  /// Names in a folder; none when it is not there.
  virtual std::vector<std::string> names_in(const std::string& folder) const = 0;
  virtual std::string environment(const std::string& name) const = 0;

  /// What product and worker versions are installed: a value of HKEY_LOCAL_MACHINE\SOFTWARE\Helicon\Zoo, which hosting
  /// panels and the Web Platform Installer read. None removes it.
  virtual SetupResult<void> set_product_value(const std::string& name, const std::optional<std::string>& value) = 0;
};

/// Where the servers' files lie on this machine; empty on one that is not Windows.
struct SystemFolders {
  std::string program;    ///< Of zoosetup itself.
  std::string system;     ///< System32 as 64-bit programs see it, also from a 32-bit program on x64.
  std::string system_32;  ///< SysWOW64; empty on x86.
  std::vector<std::string> program_files;
  std::string documents;  ///< The user's.
};

/// This machine, if it is Windows; else nothing.
std::unique_ptr<Machine> this_machine();
SystemFolders system_folders();

/// A machine that a JSON text describes:
/// {"schema": 1, "arch": "x64", "registry": {"64": {KEY: {VALUE: TEXT}}, "32": {...}}, "files": [PATH], "environment":
/// {}}
SetupResult<std::unique_ptr<Machine>> described_machine(const std::string& json, const std::string& name);

}  // namespace zoo::setup
