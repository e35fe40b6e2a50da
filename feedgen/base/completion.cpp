// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace zoo {
namespace {

std::vector<std::string> option_names(const std::vector<CompletedOption>& options) {
  std::vector<std::string> names;
  for (const CompletedOption& option : options) {
    for (const std::string& name : option.long_names) names.push_back("--" + name);
    for (const std::string& name : option.short_names) names.push_back("-" + name);
  }
  return names;
}

std::string bash_script(const CompletedProgram& program) {
  std::vector<std::string> commands;
  std::string cases;
  for (const CompletedCommand& command : program.commands) {
    commands.push_back(command.name);
    cases +=
        fmt::format("    {}) words=\"{} $common\" ;;\n", command.name, fmt::join(option_names(command.options), " "));
  }
  return fmt::format(
      "_{0}() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} command= word words\n"
      "  local common=\"{1}\"\n"
      "  for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
      "    case $word in {2}) command=$word; break ;; esac\n"
      "  done\n"
      "  case $previous in\n"
      "    --format) mapfile -t COMPREPLY < <(compgen -W \"{5}\" -- \"$current\"); return ;;\n"
      "    --color) mapfile -t COMPREPLY < <(compgen -W \"auto always never\" -- \"$current\"); return ;;\n"
      "  esac\n"
      "  case $command in\n"
      "    \"\") words=\"{3} $common\" ;;\n"
      "{4}"
      "  esac\n"
      "  if [[ $current == -* || -z $command ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
      "  else\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
      "  fi\n"
      "}}\n"
      "complete -o filenames -F _{0} {0}\n",
      program.name, fmt::join(option_names(program.options), " "), fmt::join(commands, "|"), fmt::join(commands, " "),
      cases, program.formats);
}

/// In fish's single quotes.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

void put_options(std::string& out, const std::string& program, const std::vector<CompletedOption>& options,
                 const std::string& condition) {
  for (const CompletedOption& option : options) {
    std::string names;
    for (const std::string& name : option.long_names) names += " -l " + name;
    for (const std::string& name : option.short_names) names += " -s " + name;
    if (names.empty()) continue;
    out += fmt::format("complete -c {}{}{} -d {}\n", program, condition, names, quoted(option.description));
  }
}

std::string fish_script(const CompletedProgram& program) {
  std::string out = fmt::format("complete -c {} -n __fish_use_subcommand -f\n", program.name);
  put_options(out, program.name, program.options, "");
  for (const CompletedCommand& command : program.commands) {
    out += fmt::format("complete -c {} -n __fish_use_subcommand -a {} -d {}\n", program.name, command.name,
                       quoted(command.description));
    put_options(out, program.name, command.options, fmt::format(" -n '__fish_seen_subcommand_from {}'", command.name));
  }
  return out;
}

}  // namespace

std::string completion_script(const CompletedProgram& program, std::string_view shell) {
  if (shell == "fish") return fish_script(program);
  return (shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "") + bash_script(program);
}

}  // namespace zoo
