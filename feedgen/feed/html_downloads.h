// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "feedgen/feed/html_page.h"
#include "feedgen/feed/html_writer.h"

namespace zoo::feed {

/// How many files beside the page it offers.
std::size_t download_count(const HtmlPage& page);
/// Whether a Web Deploy package is among them.
bool has_package(const HtmlPage& page);
/// The packages and installers beside the page with sizes and hashes, and how a package is installed with the Web
/// Platform Installer, with Web Deploy and with neither. Nothing without such files.
void write_downloads(HtmlWriter& writer, const HtmlPage& page);

/// The command line that installs a package with Web Deploy, with those of its parameters that have a value.
std::string deploy_command(std::string_view package, const LocalFile& file);

}  // namespace zoo::feed
