// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <iostream>

#include "packager/cli/commands.h"

int main(int argc, char** argv) {
  const int code = static_cast<int>(zoo::packager::run_program(argc, argv));
  std::cout.flush();
  const bool written = std::fflush(nullptr) == 0 && std::cout.good();
  return written ? code : static_cast<int>(zoo::ExitCode::kIo);
}
