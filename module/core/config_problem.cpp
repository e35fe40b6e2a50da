// SPDX-License-Identifier: Apache-2.0
#include "module/core/config_problem.h"

#include <algorithm>

namespace zoo::module {

void ConfigProblems::add(ConfigProblem problem) {
  if (problem.severity == ConfigProblem::Severity::kError) ++errors_;
  if (items_.size() < kLimit) items_.push_back(std::move(problem));
}

void ConfigProblems::error(std::string code, std::string message, ConfigPlace place, std::string hint) {
  add({ConfigProblem::Severity::kError, std::move(code), std::move(message), std::move(hint), std::move(place)});
}

void ConfigProblems::warning(std::string code, std::string message, ConfigPlace place, std::string hint) {
  add({ConfigProblem::Severity::kWarning, std::move(code), std::move(message), std::move(hint), std::move(place)});
}

bool ConfigProblems::has(const std::string& code) const {
  return std::any_of(items_.begin(), items_.end(), [&](const ConfigProblem& item) { return item.code == code; });
}

std::string to_text(const ConfigProblem& problem) {
  std::string text = problem.place.file;
  if (problem.place.line != 0) {
    text += ':' + std::to_string(problem.place.line) + ':' + std::to_string(problem.place.column);
  }
  if (!text.empty()) text += ": ";
  text += problem.severity == ConfigProblem::Severity::kError ? "error " : "warning ";
  text += problem.code + ": " + problem.message;
  if (!problem.hint.empty()) text += " (" + problem.hint + ")";
  return text;
}

}  // namespace zoo::module
