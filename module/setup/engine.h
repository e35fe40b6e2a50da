// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "module/setup/config_editor.h"

namespace zoo::setup {

/// One engine as it goes into <engines>: docs/formats/zoo-config.md tells the attributes.
struct Engine {
  std::string name;          ///< "python.3.12"
  std::string display_name;  ///< "Python 3.12"
  std::string full_path;     ///< "C:\Python312\python.exe"
  std::string arguments;
  bool http_over_tcp = false;  ///< Else FastCGI over a named pipe.
  std::string path_variable;   ///< PATH of its workers; empty: the server's.

  bool operator==(const Engine&) const = default;
};

/// <engines> with these.
NewElement engines_element(const std::vector<Engine>& engines);

}  // namespace zoo::setup
