// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/program.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <new>
#include <string>

#include "feedgen/base/completion.h"

namespace zoo::cli {
namespace {

constexpr std::string_view kFooter =
    "Results go to standard output, diagnostics and progress to standard error.\n"
    "Exit codes: 0 ok, 1 findings, 2 usage, 3 I/O or network, 4 verification failed, 130 interrupted.";

bool has(const std::vector<std::string>& formats, const std::string& format) {
  return std::find(formats.begin(), formats.end(), format) != formats.end();
}

std::vector<std::string> all_formats(const Program& program) {
  std::vector<std::string> all = {"text", "json"};
  for (const Command& command : program.commands) {
    for (const std::string& format : command.formats) {
      if (!has(all, format)) all.push_back(format);
    }
  }
  return all;
}

void add_common_options(CLI::App& app, CommonOptions& options, const std::vector<std::string>& formats) {
  app.add_option("--format", options.format, "Form of the result")
      ->check(CLI::IsMember(formats))
      ->type_name("FORMAT")
      ->capture_default_str();
  app.add_option("--color", options.color, "Colours in diagnostics")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN")
      ->capture_default_str();
  app.add_flag("-q,--quiet", options.quiet, "Errors only");
  app.add_flag("-v,--verbose", options.verbose, "More detail");
  app.add_flag("--no-progress", options.no_progress, "No progress bars");
}

std::vector<CompletedOption> options_of(const CLI::App& app) {
  std::vector<CompletedOption> out;
  for (const CLI::Option* option : app.get_options()) {
    out.push_back({option->get_lnames(), option->get_snames(), option->get_description()});
  }
  return out;
}

CompletedProgram completed(const CLI::App& app, const std::vector<std::string>& formats) {
  CompletedProgram out{app.get_name(), options_of(app), {}, fmt::format("{}", fmt::join(formats, " "))};
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    out.commands.push_back({command->get_name(), command->get_description(), options_of(*command)});
  }
  return out;
}

class Runner {
 public:
  explicit Runner(const Program& program)
      : program_(program),
        formats_(all_formats(program)),
        app_(std::string(program.description), std::string(program.name)) {
    app_.fallthrough();
    app_.require_subcommand(1);
    app_.footer(std::string(kFooter));
    app_.set_version_flag("--version", fmt::format("{} {}", program.name, program.version));
    add_common_options(app_, console_.options, formats_);
    for (const Command& command : program.commands) add(command.add(app_, console_), command.formats);
    add(add_completion(), {});
  }

  ExitCode run(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return parse_failed(error);
    }
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const CLI::App* command = app_.get_subcommand(static_cast<int>(i));
      if (command->parsed()) return run_command(runs_[i], command->get_name());
    }
    return ExitCode::kUsage;
  }

  ExitCode crashed(std::string_view what) { return console_.fail({ExitCode::kIo, std::string(what)}); }

 private:
  struct Entry {
    Run run;
    std::vector<std::string> formats;
  };

  void add(Run run, std::vector<std::string> formats) { runs_.push_back({std::move(run), std::move(formats)}); }

  Run add_completion() {
    CLI::App* command = app_.add_subcommand("completion", "Print a script that completes commands and options");
    command->add_option("SHELL", shell_, "bash, zsh or fish")
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->type_name("");
    command->footer(fmt::format("E.g. for bash: source <({} completion bash)", program_.name));
    return [this] {
      console_.print(completion_script(completed(app_, formats_), shell_));
      return console_.finish(ExitCode::kOk);
    };
  }

  ExitCode run_command(const Entry& entry, const std::string& name) {
    console_.begin(name);
    const std::string& format = console_.options.format;
    if (format != "text" && format != "json" && !has(entry.formats, format)) {
      return console_.fail({ExitCode::kUsage, fmt::format("{} has no format \"{}\"", name, format)});
    }
    return entry.run();
  }

  ExitCode parse_failed(const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      app_.exit(error);
      return ExitCode::kOk;
    }
    if (const std::string name = unknown_command(); !name.empty()) {
      return console_.fail(
          {ExitCode::kUsage, fmt::format("there is no command \"{}\" (see {} --help)", name, program_.name)});
    }
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

  const Program& program_;
  std::vector<std::string> formats_;
  CLI::App app_;
  Console console_;
  std::vector<Entry> runs_;
  std::string shell_ = "bash";
};

}  // namespace

ExitCode run_program(const Program& program, int argc, const char* const* argv) {
  Runner runner(program);
  try {
    return runner.run(argc, argv);
  } catch (const std::bad_alloc&) {
    return runner.crashed("out of memory");
  } catch (const std::exception& error) {
    return runner.crashed(error.what());
  }
}

}  // namespace zoo::cli
