// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace zoo::module {

/// UTF-8 to UTF-16. Bytes that are not UTF-8 become U+FFFD.
std::wstring to_wide(std::string_view text);

/// UTF-16 to UTF-8. Unpaired surrogates become U+FFFD.
std::string to_utf8(std::wstring_view text);

/// What Windows says about an error code, with the code: "Access denied. (5)". UTF-8, one line.
std::string error_text(unsigned long code);

/// Puts in the variables of this process: "%SystemDrive%\inetpub".
std::string expand_variables(const std::string& text);

}  // namespace zoo::module
