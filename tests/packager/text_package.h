// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/packager/zip_crafter.h"

/// Packages written as text: tests/fixtures/packages/README.md.
namespace zoo::package::test {

using Files = std::map<std::string, std::string>;

inline void apply_part(Files& files, const std::string& part) {
  std::istringstream in(part);
  std::string line, name;
  while (std::getline(in, line)) {
    if (line.rfind(">>> ", 0) == 0) {
      name = line.substr(4);
      files[name].clear();
    } else if (line.rfind("<<< ", 0) == 0) {
      name.clear();
      const std::string gone = line.substr(4);
      std::erase_if(
          files, [&](const auto& f) { return f.first == gone || (gone.back() == '/' && f.first.rfind(gone, 0) == 0); });
    } else if (!name.empty()) {
      files[name] += line + "\n";
    }
  }
}

inline std::string whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string fixtures() {
  return std::string(ZOO_SOURCE_DIR) + "/tests/fixtures/packages/";
}

/// The base package, with the part `=== which` of a fixture.
inline Files text_package(const std::string& fixture = {}, const std::string& which = {}) {
  Files files;
  apply_part(files, whole(fixtures() + "base.txt"));
  if (fixture.empty()) return files;
  const std::string text = whole(fixtures() + fixture);
  const std::string mark = "=== " + which + "\n";
  const std::size_t begin = text.find(mark);
  if (begin == std::string::npos) throw std::runtime_error(fixture + " has no " + mark);
  apply_part(files, text.substr(begin + mark.size(), text.find("\n=== ", begin) + 1 - begin - mark.size()));
  return files;
}

inline std::string container(const Files& files) {
  ZipCrafter crafter;
  for (const auto& [name, content] : files) crafter.file(name, content);
  return crafter.finish();
}

}  // namespace zoo::package::test
