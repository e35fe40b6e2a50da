// SPDX-License-Identifier: Apache-2.0
#include "feedgen/cli/commands.h"

int main(int argc, char** argv) {
  return static_cast<int>(zoo::cli::run_program(argc, argv));
}
