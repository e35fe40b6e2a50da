// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "packager/package/manifest.h"
#include "packager/package/parameters.h"

/// Small parts of manifest.xml and parameters.xml. Scopes and matches are anchored: Web Deploy's are not by themselves
/// (web-deploy section 5).
namespace zoo::bundle {

package::Value value(std::string text);

/// Without defaultValue when there is none: then a value must be given.
package::Parameter parameter(std::string_view name, std::optional<std::string> default_value, std::string_view tags);

package::Provider provider(std::string_view name, std::string path, std::vector<package::Setting> settings = {});

/// Sets the path of the provider `name` whose path is `path`.
package::ParameterEntry provider_entry(std::string_view name, std::string_view path);

/// A TextFile or XmlFile entry for one file, named as it lies in the package with forward slashes.
package::ParameterEntry file_entry(package::EntryKind kind, std::string_view file, std::string match);

package::Validation validation(std::string_view kind, std::string_view text);

/// The value of a line "key =" of settings.ini, from behind the sign to the end of the line, so that a second
/// installation finds it again.
package::ParameterEntry line_entry(std::string_view file, std::string_view key);

/// What stands behind "key =" in settings.ini, or nothing when the line is not there. The sections have no key in
/// common, so that a key alone finds its line.
std::optional<std::string> current_line(const std::string& settings, std::string_view key);

}  // namespace zoo::bundle
