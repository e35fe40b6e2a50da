// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace zoo::module {

/// A place in a configuration file. Lines and columns count from 1, columns in bytes; 0 means unknown (IIS does not
/// tell where a value came from).
struct ConfigPlace {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
};

/// One thing wrong in somebody's configuration.
struct ConfigProblem {
  enum class Severity { kWarning, kError };
  Severity severity = Severity::kError;
  std::string code;     ///< "ZC0101"; docs/formats/zoo-config.md lists them.
  std::string message;  ///< One sentence without full stop.
  std::string hint;     ///< What to do, or empty.
  ConfigPlace place;
};

/// Collects problems; not thread-safe. At most kLimit are kept: a hostile file must not fill the memory.
class ConfigProblems {
 public:
  static constexpr std::size_t kLimit = 1000;

  void error(std::string code, std::string message, ConfigPlace place, std::string hint = {});
  void warning(std::string code, std::string message, ConfigPlace place, std::string hint = {});

  const std::vector<ConfigProblem>& items() const noexcept { return items_; }
  std::size_t errors() const noexcept { return errors_; }
  bool has(const std::string& code) const;

 private:
  void add(ConfigProblem problem);
  std::vector<ConfigProblem> items_;
  std::size_t errors_ = 0;
};

/// "file:line:column: error ZC0101: message (hint)"; what is unknown is left out.
std::string to_text(const ConfigProblem& problem);

}  // namespace zoo::module
