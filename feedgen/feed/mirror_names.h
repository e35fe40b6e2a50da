// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Names of files and folders of a mirror, which Windows and Linux must both take and web servers deliver.
namespace zoo::feed {

/// Letters, digits and "._-" (others become "_"), no reserved name of Windows, no dot at either end, at most 100
/// characters; "" when nothing is left.
std::string plain_file_name(std::string_view name);

/// True when plain_file_name() leaves it as it is.
bool is_plain_file_name(std::string_view name);

/// The name of a download: that of its address, or of the one it was redirected to when the first has no type
/// ("fwlink"); the type is told from the content's first bytes when neither has one, since Windows starts programs by
/// it.
std::string download_name(std::string_view url, std::string_view final_url, std::string_view first_bytes);

}  // namespace zoo::feed
