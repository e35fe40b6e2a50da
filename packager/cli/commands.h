// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feedgen/base/program.h"

/// One function a command: see cli::Command::add.
namespace zoo::packager {

using cli::Console;
using cli::Run;

Run add_build(CLI::App& program, Console& console);
Run add_inspect(CLI::App& program, Console& console);
Run add_verify(CLI::App& program, Console& console);
Run add_lint(CLI::App& program, Console& console);
Run add_diff(CLI::App& program, Console& console);
Run add_deploy(CLI::App& program, Console& console);
Run add_try(CLI::App& program, Console& console);
Run add_convert(CLI::App& program, Console& console);
Run add_sbom(CLI::App& program, Console& console);

/// The whole program.
ExitCode run_program(int argc, const char* const* argv);

}  // namespace zoo::packager
