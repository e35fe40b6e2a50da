// SPDX-License-Identifier: Apache-2.0
#include "module/core/deploy_plan.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "module/core/header_field.h"

namespace zoo::module {
namespace {

std::string stamp(std::chrono::system_clock::time_point time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%02u/%02u/%04d %02d:%02d:%02d ", static_cast<unsigned>(date.day()),
                static_cast<unsigned>(date.month()), static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

/// Comparable, whatever separators it is written with; "" stays so.
std::string plain_path(const std::string& path) {
  std::string text = std::filesystem::path(path).lexically_normal().generic_string();
  std::ranges::replace(text, '\\', '/');
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

std::string_view parent_of(std::string_view plain) {
  const std::size_t slash = plain.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : plain.substr(0, slash);
}

}  // namespace

std::optional<DeployPlan> deploy_plan(const Settings& settings, std::string_view program,
                                      std::string_view application_folder) {
  if (settings.deploy_file.empty()) return std::nullopt;
  DeployPlan plan;
  plan.program = program;
  // A path cannot hold a quotation mark on Windows; one that holds it elsewhere is quoted as Windows programs read it.
  plan.arguments = "\"";
  for (const char c : settings.deploy_file) plan.arguments.append(c == '"' ? "\\" : "").push_back(c);
  plan.arguments += '"';
  plan.directory = application_folder;
  plan.script = settings.deploy_file;
  plan.log = settings.deploy_log;
  if (settings.deploy_mode == DeployMode::kOnce) plan.rename_to = deployed_name(settings.deploy_file);
  plan.timeout = settings.deploy_timeout;
  return plan;
}

std::string deployed_name(std::string_view script) {
  const std::size_t slash = script.find_last_of("/\\");
  const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  std::size_t dot = script.rfind('.');
  if (dot == std::string_view::npos || dot <= name) dot = script.size();
  return std::string(script.substr(0, dot)) + "_done" + std::string(script.substr(dot));
}

bool is_trace_of_deploy(const Settings& settings, std::string_view application_folder, std::string_view path) {
  if (path.empty()) return false;
  const std::string file = plain_path(std::string(application_folder) + "/" + std::string(path));
  const std::string log = plain_path(settings.deploy_log);
  const std::string errors = plain_path(settings.error_log_dir);
  const auto same = [](std::string_view left, std::string_view right) {
    return !right.empty() && equals_ignoring_case(left, right);
  };
  return same(file, log) || same(file, parent_of(log)) || same(file, errors) || same(parent_of(file), errors) ||
         same(file, plain_path(settings.deploy_file + ".lock"));
}

std::string deploy_problem(const DeployPlan& plan, bool timed_out, int exit_code, std::string_view how) {
  if (timed_out) {
    return "the deploy script " + plan.script + " took longer than " + std::to_string(plan.timeout.count()) +
           " seconds and was ended";
  }
  return exit_code == 0 ? std::string() : "the deploy script " + plan.script + " failed with " + std::string(how);
}

std::string deploy_begin_line(std::chrono::system_clock::time_point time) {
  return stamp(time) + "--== Deploy begin ==-- \n";
}

std::string deploy_end_line(std::chrono::system_clock::time_point time, int exit_code) {
  std::string line = stamp(time) + "--== Deploy finished ==-- ";
  if (exit_code != 0) line += "exit code " + std::to_string(exit_code);
  return line + '\n';
}

}  // namespace zoo::module
