// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "feedgen/feed/html_text.h"
#include "feedgen/feed/plain_text.h"

namespace zoo::feed {
namespace {

using catalog::Installer;
using catalog::Plan;
using catalog::PlanBranch;
using catalog::PlanChoice;
using catalog::PlanPresent;
using catalog::PlanPruned;
using catalog::PlanStep;
using catalog::trimmed;
using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxShownNeeders = 4;

std::string list_text(const std::vector<std::string_view>& ids) {
  std::string text;
  const std::size_t shown = ids.size() <= kMaxShownNeeders + 1 ? ids.size() : kMaxShownNeeders;
  for (std::size_t i = 0; i < shown; ++i) text += fmt::format("{}{}", i == 0 ? "" : ", ", ids[i]);
  if (shown < ids.size()) text += fmt::format(" and {} more", ids.size() - shown);
  return one_line(text);
}

std::string_view source_of(const Installer& installer) {
  if (installer.file.url.filled()) return trimmed(installer.file.url.text);
  if (installer.file.relative_url.filled()) return trimmed(installer.file.relative_url.text);
  return trimmed(installer.file.artifact.text);
}

std::string_view feature_of(const Installer& installer) {
  for (const catalog::Field* const field : {&installer.iis.iis70, &installer.iis.iis60, &installer.iis.iis51})
    if (field->filled()) return trimmed(field->text);
  return {};
}

std::string counted(std::uint64_t count) {
  return count == 1 ? "1 product" : fmt::format("{} products", count);
}

std::string step_text(const PlanStep& step, std::size_t number, std::uint64_t size_unit) {
  std::string head = fmt::format("{:>4}. {}", number, one_line(step.product->id.text));
  if (step.product->version.filled()) head += " " + one_line(trimmed(step.product->version.text));
  if (step.product->title.filled()) head += "  " + one_line(trimmed(step.product->title.text));
  std::string how(name(step.kind));
  const std::string_view feature = feature_of(*step.installer);
  if (!feature.empty()) how += " " + one_line(feature);
  if (step.installer->id.filled()) how += fmt::format(", installer {}", one_line(trimmed(step.installer->id.text)));
  std::string text = fmt::format("{}\n      {}\n", head, how);
  const std::string_view source = source_of(*step.installer);
  if (!source.empty()) {
    const std::string size = size_text(size_of(step.installer->file.size, size_unit));
    text += fmt::format("      {}{}\n", one_line(source), size.empty() ? "" : fmt::format(" ({})", size));
  }
  text += step.needed_by.empty() ? "      asked for\n" : fmt::format("      for {}\n", list_text(step.needed_by));
  return text;
}

std::string branch_text(const PlanBranch& branch, std::uint64_t best) {
  std::string_view mark = "-";
  std::string why;
  switch (branch.fate) {
    case PlanBranch::Fate::kChosen:
      mark = "*";
      break;
    case PlanBranch::Fate::kPruned:
      why = "not for this machine";
      break;
    case PlanBranch::Fate::kLost:
      if (!branch.missing) {
        why = "not chosen";
      } else if (*branch.missing == best) {
        why = fmt::format("{} to install as well, but it comes later", counted(best));
      } else {
        why = fmt::format("{} to install instead of {}", counted(*branch.missing), best);
      }
  }
  return fmt::format("      {} {}{}{}\n", mark, one_line(branch.text), why.empty() ? "" : ": ", why);
}

std::string choices_text(const Plan& plan) {
  if (plan.choices.empty()) return {};
  const std::string count =
      plan.alternatives >= Plan::kManyAlternatives
          ? "more than 10^18 alternative sets"
          : fmt::format("{} alternative set{}", plan.alternatives, plan.alternatives == 1 ? "" : "s");
  std::string text = fmt::format("\nChoices ({}; * is taken):\n", count);
  for (const PlanChoice& choice : plan.choices) {
    text += fmt::format("  {} needs one of\n", one_line(choice.product));
    for (const PlanBranch& branch : choice.branches) text += branch_text(branch, plan.steps.size());
    if (choice.left_out != 0) text += fmt::format("      - {} more\n", choice.left_out);
  }
  return text;
}

std::string present_text(const Plan& plan) {
  if (plan.present.empty()) return {};
  std::string text = "\nInstalled already:\n";
  for (const PlanPresent& present : plan.present) {
    const std::string why = present.needed_by.empty() ? "asked for" : "for " + list_text(present.needed_by);
    text += fmt::format("  {} ({})\n", one_line(present.id), why);
  }
  return text;
}

std::string pruned_text(const Plan& plan) {
  if (plan.pruned.empty()) return {};
  std::string text = "\nNot for this machine:\n";
  for (const PlanPruned& pruned : plan.pruned) {
    text += fmt::format("  {} (named by {})\n", one_line(pruned.id), one_line(pruned.named_by));
    for (const std::string& reason : pruned.reasons) text += fmt::format("      {}\n", one_line(reason));
  }
  return text;
}

std::uint64_t download_size(const Plan& plan, std::uint64_t size_unit) {
  std::uint64_t total = 0;
  for (const PlanStep& step : plan.steps) total += size_of(step.installer->file.size, size_unit);
  return total;
}

/// ", 11.1 MB to download and 2 files of unknown size"; "" when there is nothing to download.
std::string download_text(const Plan& plan, std::uint64_t size_unit) {
  const auto unmeasured = std::count_if(plan.steps.begin(), plan.steps.end(), [&](const PlanStep& step) {
    return !source_of(*step.installer).empty() && size_of(step.installer->file.size, size_unit) == 0;
  });
  const std::string size = size_text(download_size(plan, size_unit));
  const std::string unknown =
      unmeasured == 0 ? "" : fmt::format("{} file{} of unknown size", unmeasured, unmeasured == 1 ? "" : "s");
  if (size.empty()) return unknown.empty() ? "" : fmt::format(", {} to download", unknown);
  return fmt::format(", {} to download{}{}", size, unknown.empty() ? "" : " and ", unknown);
}

std::string head_text(const Plan& plan, std::uint64_t size_unit) {
  const std::string language = plan.machine.language.empty() ? "" : ", language " + one_line(plan.machine.language);
  std::string text = fmt::format("Plan for {} on {}{}\n", list_text(plan.requested), describe(plan.machine), language);
  if (plan.steps.empty()) return text + "\nNothing to install.\n";
  text += fmt::format("\nInstall {}{}:\n", counted(plan.steps.size()), download_text(plan, size_unit));
  return text;
}

Json ids_json(const std::vector<std::string_view>& ids) {
  Json list = Json::array();
  for (const std::string_view id : ids) list.push_back(id);
  return list;
}

void set_filled(Json& object, const char* key, std::string_view text) {
  const std::string_view value = trimmed(text);
  if (!value.empty()) object[key] = value;
}

Json machine_json(const catalog::Machine& machine) {
  Json object = {{"os", fmt::format("{}.{}", machine.os_major, machine.os_minor)},
                 {"servicePack", machine.service_pack},
                 {"type", machine.type},
                 {"arch", machine.arch}};
  set_filled(object, "language", machine.language);
  object["installed"] = machine.installed;
  return object;
}

Json step_json(const PlanStep& step, std::uint64_t size_unit) {
  Json object = {{"id", step.product->id.text}};
  set_filled(object, "title", step.product->title.text);
  set_filled(object, "version", step.product->version.text);
  set_filled(object, "installer", step.installer->id.text);
  object["kind"] = name(step.kind);
  set_filled(object, "feature", feature_of(*step.installer));
  set_filled(object, "source", source_of(*step.installer));
  const std::uint64_t size = size_of(step.installer->file.size, size_unit);
  if (size != 0) object["size"] = size;
  object["neededBy"] = ids_json(step.needed_by);
  return object;
}

Json choice_json(const PlanChoice& choice) {
  constexpr std::string_view kFates[] = {"chosen", "lost", "pruned"};
  Json branches = Json::array();
  for (const PlanBranch& branch : choice.branches) {
    Json object = {{"branch", branch.text}, {"fate", kFates[static_cast<int>(branch.fate)]}};
    if (branch.missing) object["missing"] = *branch.missing;
    branches.push_back(std::move(object));
  }
  Json object = {{"product", choice.product}, {"branches", std::move(branches)}};
  if (choice.left_out != 0) object["leftOut"] = choice.left_out;
  return object;
}

}  // namespace

std::string plan_text(const Plan& plan, std::uint64_t size_unit) {
  std::string text = head_text(plan, size_unit);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) text += step_text(plan.steps[i], i + 1, size_unit);
  text += present_text(plan) + choices_text(plan) + pruned_text(plan);
  for (const std::string& note : plan.notes) text += fmt::format("\nNote: {}\n", one_line(note));
  return text;
}

std::string plan_json(const Plan& plan, std::uint64_t size_unit) {
  Json json = {{"schema", 1}, {"machine", machine_json(plan.machine)}, {"requested", ids_json(plan.requested)}};
  json["steps"] = Json::array();
  for (const PlanStep& step : plan.steps) json["steps"].push_back(step_json(step, size_unit));
  json["installed"] = Json::array();
  for (const PlanPresent& present : plan.present)
    json["installed"].push_back({{"id", present.id}, {"neededBy", ids_json(present.needed_by)}});
  json["alternatives"] = plan.alternatives;
  json["choices"] = Json::array();
  for (const PlanChoice& choice : plan.choices) json["choices"].push_back(choice_json(choice));
  json["pruned"] = Json::array();
  for (const PlanPruned& pruned : plan.pruned)
    json["pruned"].push_back({{"id", pruned.id}, {"namedBy", pruned.named_by}, {"reasons", pruned.reasons}});
  json["notes"] = plan.notes;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace zoo::feed
