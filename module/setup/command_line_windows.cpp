// SPDX-License-Identifier: Apache-2.0
#include <windows.h>
// After windows.h.
#include <shellapi.h>

#include "module/setup/command_line.h"
#include "module/setup/windows_text.h"

namespace zoo::setup {

/// argv is in the system's code page, which cannot hold every path.
std::vector<std::string> command_line(int /*argc*/, char** /*argv*/) {
  std::vector<std::string> words;
  int count = 0;
  LPWSTR* const list = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  if (list == nullptr) return words;
  for (int i = 1; i < count; ++i) words.push_back(to_utf8(list[i]));
  ::LocalFree(static_cast<HLOCAL>(list));
  return words;
}

}  // namespace zoo::setup
