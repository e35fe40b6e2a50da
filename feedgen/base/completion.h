// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Scripts that complete a program's command line in shells.
namespace zoo {

struct CompletedOption {
  std::vector<std::string> long_names, short_names;  ///< Without dashes.
  std::string description;
};

struct CompletedCommand {
  std::string name, description;
  std::vector<CompletedOption> options;
};

struct CompletedProgram {
  std::string name;
  std::vector<CompletedOption> options;  ///< For all commands.
  std::vector<CompletedCommand> commands;
  std::string formats;  ///< Values of --format with blanks between them.
};

/// `shell`: bash, zsh (which runs bash's completions through its own adapter) or fish.
std::string completion_script(const CompletedProgram& program, std::string_view shell);

}  // namespace zoo
