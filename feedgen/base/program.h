// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/console.h"
#include "feedgen/base/exit_code.h"

namespace CLI {
class App;
}  // namespace CLI

/// A program of commands: what its command lines have in common.
namespace zoo::cli {

/// Runs a command; gives the exit code of the program.
using Run = std::function<ExitCode()>;

struct Command {
  /// Adds the command with its options to the program and returns what runs it. Both outlive it.
  Run (*add)(CLI::App& program, Console& console);
  /// Values of --format that it takes beside text and json.
  std::vector<std::string> formats;
};

struct Program {
  std::string_view name, version, description;
  std::vector<Command> commands;  ///< In the order of --help; "completion" comes after them.
};

/// Parses, runs the command, and maps failures to exit codes (docs/exit-codes.md).
ExitCode run_program(const Program& program, int argc, const char* const* argv);

}  // namespace zoo::cli
