// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feedgen/base/program.h"

/// One function a command: see cli::Command::add.
namespace zoo::cli {

Run add_build(CLI::App& program, Console& console);
Run add_diff(CLI::App& program, Console& console);
Run add_fmt(CLI::App& program, Console& console);
Run add_graph(CLI::App& program, Console& console);
Run add_lint(CLI::App& program, Console& console);
Run add_lock(CLI::App& program, Console& console);
Run add_plan(CLI::App& program, Console& console);
Run add_mirror(CLI::App& program, Console& console);
Run add_publish(CLI::App& program, Console& console);

/// The whole program.
ExitCode run_program(int argc, const char* const* argv);

}  // namespace zoo::cli
