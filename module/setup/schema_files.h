// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "module/setup/file_system.h"

/// heliconZoo_schema.xml, which tells IIS what the two sections look like.
namespace zoo::setup {

inline constexpr std::string_view kSchemaName = "heliconZoo_schema.xml";

/// The schema of this version, as module/iis/heliconZoo_schema.xml has it.
std::string_view schema_text();

enum class SchemaState {
  kMissing,
  kCurrent,   ///< What schema_text() says.
  kOutdated,  ///< A file of that name with another content: an older version, or somebody's changes.
};
SchemaState schema_state(FileSystem& files, const std::string& folder);

/// The file of another product in the folder that declares one of our sections; IIS refuses to start with two.
std::optional<std::string> conflicting_schema(FileSystem& files, const std::string& folder);

/// Makes the folder's file current.
SetupResult<void> write_schema(FileSystem& files, const std::string& folder);
/// Removes the file, if it is there.
SetupResult<void> remove_schema(FileSystem& files, const std::string& folder);

}  // namespace zoo::setup
