// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "feedgen/cli/commands.h"

int main(int argc, char** argv) {
  const int code = static_cast<int>(zoo::cli::run_program(argc, argv));
  std::cout.flush();
  const bool written = std::fflush(nullptr) == 0 && std::cout.good();
  // The system takes the memory of a large feed back faster than its million small objects are freed.
  std::_Exit(written ? code : static_cast<int>(zoo::ExitCode::kIo));
}
