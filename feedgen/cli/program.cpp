// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <utility>
#include <vector>

#include "feedgen/cli/commands.h"
#include "feedgen/cli/version.h"

namespace zoo::cli {
namespace {

constexpr std::string_view kDescription =
    "feedgen makes, checks and explains feeds of the Web Platform Installer (WebPI).";
constexpr std::string_view kFooter =
    "Results go to standard output, diagnostics and progress to standard error.\n"
    "Exit codes: 0 ok, 1 findings, 2 usage, 3 I/O or network, 4 verification failed, 130 interrupted.";

void add_common_options(CLI::App& program, CommonOptions& options) {
  program.add_option("--format", options.format, "Form of the result")
      ->check(CLI::IsMember({"text", "json", "sarif", "svg", "dot", "mermaid"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  program.add_option("--color", options.color, "Colours in diagnostics")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN")
      ->capture_default_str();
  program.add_flag("-q,--quiet", options.quiet, "Errors only");
  program.add_flag("-v,--verbose", options.verbose, "More detail");
  program.add_flag("--no-progress", options.no_progress, "No progress bars");
}

/// Which forms beside text and json a command has.
bool has_format(std::string_view command, std::string_view format) {
  if (format == "text" || format == "json") return true;
  if (command == "lint") return format == "sarif";
  return command == "graph" && format != "sarif";
}

class Program {
 public:
  Program() {
    app_.fallthrough();
    app_.require_subcommand(1);
    app_.footer(std::string(kFooter));
    app_.set_version_flag("--version", fmt::format("feedgen {}", kVersion));
    add_common_options(app_, console_.options);
    add(add_build);
    add(add_lint);
    add(add_lock);
    add(add_diff);
    add(add_plan);
    add(add_graph);
    add(add_fmt);
    add(add_mirror);
    add(add_publish);
    add(add_completion);
  }

  ExitCode run(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return parse_failed(error);
    }
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (!app_.get_subcommand(static_cast<int>(i))->parsed()) continue;
      const std::string name = app_.get_subcommand(static_cast<int>(i))->get_name();
      console_.begin(name);
      if (!has_format(name, console_.options.format)) {
        return console_.fail({ExitCode::kUsage, fmt::format("{} has no format \"{}\"", name, console_.options.format)});
      }
      return runs_[i]();
    }
    return ExitCode::kUsage;
  }

  ExitCode crashed(const char* what) { return console_.fail({ExitCode::kIo, fmt::format("{}", what)}); }

 private:
  void add(Run (*add_command)(CLI::App&, Console&)) { runs_.push_back(add_command(app_, console_)); }

  ExitCode parse_failed(const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      app_.exit(error);
      return ExitCode::kOk;
    }
    if (const std::string name = unknown_command(); !name.empty())
      return console_.fail({ExitCode::kUsage, fmt::format("there is no command \"{}\" (see feedgen --help)", name)});
    if (console_.json()) return console_.fail({ExitCode::kUsage, error.what()});
    app_.exit(error);
    return ExitCode::kUsage;
  }

  /// What stands in the place of a command and is none.
  std::string unknown_command() const {
    const std::vector<std::string> rest = app_.remaining();
    if (!app_.get_subcommands().empty() || rest.empty() || rest.front().substr(0, 1) == "-") return {};
    return rest.front();
  }

  CLI::App app_{std::string(kDescription), "feedgen"};
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

}  // namespace zoo::cli
