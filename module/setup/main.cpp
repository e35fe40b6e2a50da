// SPDX-License-Identifier: Apache-2.0
// zoosetup: registers the module with IIS and IIS Express.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <exception>
#include <string>

#include "module/core/version.h"
#include "module/setup/command_line.h"
#include "module/setup/guard.h"
#include "module/setup/report_text.h"
#include "module/setup/setup_program.h"

namespace {

using namespace zoo::setup;

struct Arguments {
  SetupOptions options;
  std::string machine_file;
  std::string arch = "x64";
  bool json = false;
  bool quiet = false;
};

void add_options(CLI::App& app, Arguments& arguments) {
  SetupOptions& options = arguments.options;
  app.add_flag("--express", options.express, "IIS Express: its templates and your own configuration");
  app.add_flag("--user", options.user, "Only your own configuration of IIS Express; needs no administrator");
  app.add_option("--config-dir", options.config_dir, "A folder with a copied applicationHost.config, on any system");
  app.add_option("--install-dir", options.install_folder,
                 "Where the module lies (a Windows path); default: beside zoosetup");
  app.add_option("--machine", arguments.machine_file,
                 "A JSON file that describes the machine to look for interpreters on");
  app.add_option("--arch", arguments.arch, "With --config-dir: what Windows it is for")
      ->check(CLI::IsMember({"x64", "x86"}))
      ->capture_default_str();
  app.add_flag("--dry-run", options.dry_run, "Show what would change, and change nothing");
  app.add_flag("--keep-shared", options.keep_shared, "uninstall: leave a shared configuration to the other servers");
  app.add_option_function<std::string>(
         "--format", [&arguments](const std::string& format) { arguments.json = format == "json"; }, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_flag("-q,--quiet", arguments.quiet, "Print problems only");
}

void add_command(CLI::App& app, Arguments& arguments, Command command, const std::string& name, const char* text) {
  CLI::App* const added = app.add_subcommand(name, text);
  added->fallthrough();
  added->callback([&arguments, command] { arguments.options.command = command; });
}

int print(const SetupReport& report, const Arguments& arguments) {
  const ReportText text = to_text(report, arguments.options);
  const std::string out = arguments.json ? to_json(report, arguments.options) : arguments.quiet ? "" : text.out;
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fwrite(text.error.data(), 1, text.error.size(), stderr);
  return static_cast<int>(report.exit);
}

int complain(const SetupError& error) {
  std::fprintf(stderr, "zoosetup: %s\n", error.message.c_str());
  return static_cast<int>(error.code);
}

int run(Arguments& arguments) {
  const std::unique_ptr<FileSystem> files = native_files();
  std::unique_ptr<Machine> machine = this_machine();
  if (!arguments.machine_file.empty()) {
    const SetupResult<std::string> json = files->read(arguments.machine_file);
    if (!json) return complain(json.error());
    SetupResult<std::unique_ptr<Machine>> described = described_machine(*json, arguments.machine_file);
    if (!described) return complain(described.error());
    machine = std::move(*described);
  }
  arguments.options.x64 = arguments.arch == "x64";
  const SetupServices services{*files, machine.get(), system_folders(),
                               [] { return std::int64_t{std::time(nullptr)}; }};
  return print(run_setup(arguments.options, services), arguments);
}

int zoosetup(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Registers the Zoo module, its configuration sections and the engines of this machine with IIS.",
               "zoosetup");
  app.set_version_flag("--version", "zoosetup " + std::string(zoo::module::zoo_version()));
  app.require_subcommand(1);
  add_options(app, arguments);
  add_command(app, arguments, Command::kInstall, "install",
              "Register the module, or bring its registration up to date");
  add_command(app, arguments, Command::kUninstall, "uninstall", "Take everything out that install has put in");
  add_command(app, arguments, Command::kStatus, "status", "Tell what is registered");
  add_command(app, arguments, Command::kEngines, "engines", "Look for interpreters and register an engine for each");
  std::vector<std::string> words = command_line(argc, argv);
  if (words.size() == 3 && words.front() == "guard") return guard(words[1], words[2]);  // not for people
  std::reverse(words.begin(), words.end());  // CLI11 takes them from the end.
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(SetupExit::kUsage);
  }
  if (!arguments.machine_file.empty() && arguments.options.config_dir.empty()) {
    return complain({SetupExit::kUsage, "--machine describes another machine, and so needs --config-dir"});
  }
  return run(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return zoosetup(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "zoosetup: %s\n", error.what());
    return static_cast<int>(SetupExit::kIo);
  }
}
