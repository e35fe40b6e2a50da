// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace zoo {

/// Whether Windows takes a file's name for a device, in any folder and in any case: "CON", "com1.tar.gz", "nul .txt",
/// "LPT\u00B9". Counts up to the first dot, without spaces before it; COM0 and COM10 are no devices.
/// `name`: one part of a path, UTF-8. Source: Win32 "Naming Files, Paths, and Namespaces"; CONIN$ and CONOUT$ are the
/// console's.
bool is_device_name(std::string_view name);

}  // namespace zoo
