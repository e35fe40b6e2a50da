// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "feedgen/base/completion.h"
#include "packager/cli/commands.h"

namespace zoo::packager {
namespace {

std::vector<CompletedOption> options_of(const CLI::App& app) {
  std::vector<CompletedOption> out;
  for (const CLI::Option* option : app.get_options()) {
    out.push_back({option->get_lnames(), option->get_snames(), option->get_description()});
  }
  return out;
}

CompletedProgram completed(const CLI::App& app) {
  CompletedProgram out{"packager", options_of(app), {}, "text json sarif"};
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    out.commands.push_back({command->get_name(), command->get_description(), options_of(*command)});
  }
  return out;
}

}  // namespace

Run add_completion(CLI::App& program, Console& console) {
  auto shell = std::make_shared<std::string>("bash");
  CLI::App* command = program.add_subcommand("completion", "Print a script that completes commands and options");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("");
  command->footer("E.g. for bash: source <(packager completion bash)");
  return [shell, &program, &console] {
    console.print(completion_script(completed(program), *shell));
    return console.finish(ExitCode::kOk);
  };
}

}  // namespace zoo::packager
