// SPDX-License-Identifier: Apache-2.0
#include "module/posix/command_line.h"

#include <unistd.h>

#include <filesystem>

namespace zoo::module {
namespace {

bool is_executable(const std::string& file) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::vector<std::string> split_command_line(std::string_view line) {
  std::vector<std::string> words;
  bool quoted = false;
  bool in_word = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (!quoted && (c == ' ' || c == '\t')) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == '"') {
      quoted = !quoted;
      continue;
    }
    if (c == '\\' && i + 1 < line.size() && line[i + 1] == '"') c = line[++i];
    words.back().push_back(c);
  }
  return words;
}

std::string find_program(std::string_view program, std::string_view path) {
  if (program.find('/') != std::string_view::npos) {
    std::string file(program);
    return is_executable(file) ? file : std::string();
  }
  while (!path.empty()) {
    const std::string_view folder = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(path.size(), folder.size() + 1));
    std::string file = std::string(folder.empty() ? "." : folder) + "/" + std::string(program);
    if (is_executable(file)) return file;
  }
  return {};
}

}  // namespace zoo::module
