// SPDX-License-Identifier: Apache-2.0
#include "module/win/text.h"

#include <windows.h>

#include <array>

namespace zoo::module {

std::wstring to_wide(std::string_view text) {
  if (text.empty()) return {};
  const int size = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), nullptr, 0);
  std::wstring wide(static_cast<std::size_t>(size), L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), wide.data(), size);
  return wide;
}

std::string to_utf8(std::wstring_view text) {
  if (text.empty()) return {};
  const int length = static_cast<int>(text.size());
  const int size = ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, nullptr, 0, nullptr, nullptr);
  std::string narrow(static_cast<std::size_t>(size), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, narrow.data(), size, nullptr, nullptr);
  return narrow;
}

std::string error_text(unsigned long code) {
  std::array<wchar_t, 512> buffer{};
  const DWORD size = ::FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr, code, 0,
                                      buffer.data(), static_cast<DWORD>(buffer.size()), nullptr);
  std::string text = to_utf8({buffer.data(), size});
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  if (text.empty()) text = "error";
  return text + " (" + std::to_string(code) + ")";
}

std::string expand_variables(const std::string& text) {
  const std::wstring wide = to_wide(text);
  std::wstring expanded(::ExpandEnvironmentStringsW(wide.c_str(), nullptr, 0), L'\0');
  const DWORD size = ::ExpandEnvironmentStringsW(wide.c_str(), expanded.data(), static_cast<DWORD>(expanded.size()));
  if (size == 0 || size > expanded.size()) return text;
  expanded.resize(size - 1);
  return to_utf8(expanded);
}

}  // namespace zoo::module
