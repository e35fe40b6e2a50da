// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <vector>

#include "packager/cli/commands.h"
#include "packager/cli/version.h"

namespace zoo::packager {
namespace {

constexpr std::string_view kDescription =
    "packager makes, checks, tries and applies Web Deploy packages, on any machine.";
constexpr std::string_view kFooter =
    "Results go to standard output, diagnostics and progress to standard error.\n"
    "Exit codes: 0 ok, 1 findings, 2 usage, 3 I/O or network, 4 verification failed, 130 interrupted.";

void add_common_options(CLI::App& program, cli::CommonOptions& options) {
  program.add_option("--format", options.format, "Form of the result")
      ->check(CLI::IsMember({"text", "json", "sarif"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  program.add_option("--color", options.color, "Colours in diagnostics")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN")
      ->capture_default_str();
  program.add_flag("-q,--quiet", options.quiet, "Errors only");
  program.add_flag("-v,--verbose", options.verbose, "More detail");
}

class Program {
 public:
  Program() {
    app_.fallthrough();
    app_.require_subcommand(1);
    app_.footer(std::string(kFooter));
    app_.set_version_flag("--version", fmt::format("packager {}", kVersion));
    add_common_options(app_, console_.options);
    add(add_build);
    add(add_inspect);
    add(add_verify);
    add(add_lint);
    add(add_diff);
    add(add_deploy);
    add(add_try);
    add(add_convert);
    add(add_sbom);
    add(add_completion);
  }

  ExitCode run(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return parse_failed(error);
    }
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const CLI::App* command = app_.get_subcommand(static_cast<int>(i));
      if (!command->parsed()) continue;
      console_.begin(command->get_name());
      if (console_.options.format == "sarif" && command->get_name() != "lint") {
        return console_.fail({ExitCode::kUsage, fmt::format("{} has no format \"sarif\"", command->get_name())});
      }
      return runs_[i]();
    }
    return ExitCode::kUsage;
  }

  ExitCode crashed(const char* what) { return console_.fail({ExitCode::kIo, what}); }

 private:
  void add(Run (*add_command)(CLI::App&, Console&)) { runs_.push_back(add_command(app_, console_)); }

  ExitCode parse_failed(const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      app_.exit(error);
      return ExitCode::kOk;
    }
    if (console_.json()) return console_.fail({ExitCode::kUsage, error.what()});
    app_.exit(error);
    return ExitCode::kUsage;
  }

  CLI::App app_{std::string(kDescription), "packager"};
  Console console_;
  std::vector<Run> runs_;
};

}  // namespace

ExitCode run_program(int argc, const char* const* argv) {
  Program program;
  try {
    return program.run(argc, argv);
  } catch (const std::bad_alloc&) {
    return program.crashed("out of memory");
  } catch (const std::exception& error) {
    return program.crashed(error.what());
  }
}

}  // namespace zoo::packager
