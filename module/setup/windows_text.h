// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Windows only.
namespace zoo::setup {

std::wstring to_wide(std::string_view text);
std::string to_utf8(std::wstring_view text);
/// "Access is denied. (5)" for GetLastError() and registry results.
std::string windows_message(unsigned long error);

}  // namespace zoo::setup
