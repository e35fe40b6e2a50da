// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "feedgen/base/console.h"
#include "feedgen/base/exit_code.h"

namespace CLI {
class App;
}  // namespace CLI

/// One function a command: it adds the command with its options to the program and returns what runs it.
namespace zoo::cli {

using Run = std::function<ExitCode()>;

Run add_build(CLI::App& program, Console& console);
Run add_diff(CLI::App& program, Console& console);
Run add_fmt(CLI::App& program, Console& console);
Run add_graph(CLI::App& program, Console& console);
Run add_lint(CLI::App& program, Console& console);
Run add_lock(CLI::App& program, Console& console);
Run add_plan(CLI::App& program, Console& console);
Run add_mirror(CLI::App& program, Console& console);
Run add_publish(CLI::App& program, Console& console);
Run add_completion(CLI::App& program, Console& console);

/// The whole program: parses, runs the command, maps failures to exit codes.
ExitCode run_program(int argc, const char* const* argv);

}  // namespace zoo::cli
