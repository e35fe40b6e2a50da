// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "feedgen/cli/commands.h"

namespace zoo::cli {
namespace {

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::string bash_script(const CLI::App& program) {
  std::vector<std::string> commands;
  std::string cases;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(command->get_name());
    cases +=
        fmt::format("    {}) words=\"{} $common\" ;;\n", command->get_name(), fmt::join(option_names(*command), " "));
  }
  return fmt::format(
      "_feedgen() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} command= word words\n"
      "  local common=\"{}\"\n"
      "  for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
      "    case $word in {}) command=$word; break ;; esac\n"
      "  done\n"
      "  case $previous in\n"
      "    --format) mapfile -t COMPREPLY < <(compgen -W \"text json sarif svg dot mermaid\" -- \"$current\"); return "
      ";;\n"
      "    --color) mapfile -t COMPREPLY < <(compgen -W \"auto always never\" -- \"$current\"); return ;;\n"
      "  esac\n"
      "  case $command in\n"
      "    \"\") words=\"{} $common\" ;;\n"
      "{}"
      "  esac\n"
      "  if [[ $current == -* || -z $command ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
      "  else\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
      "  fi\n"
      "}}\n"
      "complete -o filenames -F _feedgen feedgen\n",
      fmt::join(option_names(program), " "), fmt::join(commands, "|"), fmt::join(commands, " "), cases);
}

std::string fish_script(const CLI::App& program) {
  std::string out = "complete -c feedgen -n __fish_use_subcommand -f\n";
  const auto options = [&](const CLI::App& app, const std::string& condition) {
    for (const CLI::Option* option : app.get_options()) {
      std::string names;
      for (const std::string& name : option->get_lnames()) names += " -l " + name;
      for (const std::string& name : option->get_snames()) names += " -s " + name;
      if (!names.empty())
        out += fmt::format("complete -c feedgen{}{} -d '{}'\n", condition, names,
                           CLI::detail::find_and_replace(option->get_description(), "'", "\\'"));
    }
  };
  options(program, "");
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    out += fmt::format("complete -c feedgen -n __fish_use_subcommand -a {} -d '{}'\n", command->get_name(),
                       CLI::detail::find_and_replace(command->get_description(), "'", "\\'"));
    options(*command, fmt::format(" -n '__fish_seen_subcommand_from {}'", command->get_name()));
  }
  return out;
}

}  // namespace

Run add_completion(CLI::App& program, Console& console) {
  auto shell = std::make_shared<std::string>("bash");
  CLI::App* command = program.add_subcommand("completion", "Print a completion script for a shell");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("");
  command->footer("E.g. for bash: source <(feedgen completion bash)");
  return [shell, &program, &console] {
    // zsh runs bash's completions through its own adapter.
    const std::string adapter = *shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
    console.print(*shell == "fish" ? fish_script(program) : adapter + bash_script(program));
    return console.finish(ExitCode::kOk);
  };
}

}  // namespace zoo::cli
