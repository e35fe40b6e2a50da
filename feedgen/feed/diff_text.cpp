// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/diff_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "feedgen/feed/graph_names.h"
#include "feedgen/feed/plain_text.h"

namespace zoo::feed {
namespace {

using catalog::Change;
using catalog::ChangeAction;
using catalog::ChangeSeverity;
using catalog::FeedDiff;
using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxShown = 200;  ///< Code points of a value.

std::string shown(const std::string& value) {
  return shortened(one_line(value), kMaxShown);
}

char sign(const Change& change) {
  constexpr char kSigns[] = {'+', '-', '~'};
  return kSigns[static_cast<int>(change.action)];
}

bool is_whole_product(const Change& change) {
  return change.subject == "product" && !change.product.empty();
}

std::string values_text(const Change& change) {
  switch (change.action) {
    case ChangeAction::kAdded:
      return shown(change.after);
    case ChangeAction::kRemoved:
      return shown(change.before);
    case ChangeAction::kChanged:
      break;
  }
  constexpr std::size_t kShort = 60;
  const std::string before = shown(change.before);
  const std::string after = shown(change.after);
  if (before.size() + after.size() <= 2 * kShort) return fmt::format("{} -> {}", before, after);
  return fmt::format("\n      before {}\n      after  {}", before, after);
}

std::string change_text(const Change& change) {
  const std::string_view mark = change.severity == ChangeSeverity::kBreaking ? "!" : " ";
  const std::string values = values_text(change);
  const std::string_view gap = values.empty() || values.front() == '\n' ? "" : " ";
  if (is_whole_product(change))
    return fmt::format("{}{} {}{}{}\n", mark, sign(change), shown(change.product), values.empty() ? "" : ": ", values);
  const std::string_view indent = change.product.empty() ? "" : "    ";
  return fmt::format("{}{}{} {}{}{}{}\n", mark, indent, sign(change), shown(change.subject), values.empty() ? "" : ":",
                     gap, values);
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}", count, what);
}

}  // namespace

std::string diff_text(const FeedDiff& diff) {
  if (diff.empty()) return "No differences.\n";
  std::string text;
  const std::string* product = nullptr;
  for (const Change& change : diff.changes) {
    const bool new_product = product == nullptr || *product != change.product;
    if (new_product && !change.product.empty() && !is_whole_product(change))
      text += fmt::format(" ~ {}\n", shown(change.product));
    product = &change.product;
    text += change_text(change);
  }
  return text + fmt::format("\n{}, {}, {}\n", counted(diff.count(ChangeSeverity::kBreaking), "breaking (!)"),
                            counted(diff.count(ChangeSeverity::kUpdate), "updates"),
                            counted(diff.count(ChangeSeverity::kCosmetic), "cosmetic"));
}

std::string diff_json(const FeedDiff& diff) {
  Json json = {{"schema", 1}, {"different", !diff.empty()}};
  for (const auto severity : {ChangeSeverity::kBreaking, ChangeSeverity::kUpdate, ChangeSeverity::kCosmetic})
    json["counts"][std::string(name(severity))] = diff.count(severity);
  json["changes"] = Json::array();
  for (const Change& change : diff.changes) {
    Json object = {{"action", name(change.action)}, {"severity", name(change.severity)}};
    if (!change.product.empty()) object["product"] = change.product;
    object["subject"] = change.subject;
    if (change.action != ChangeAction::kAdded) object["before"] = change.before;
    if (change.action != ChangeAction::kRemoved) object["after"] = change.after;
    json["changes"].push_back(std::move(object));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace zoo::feed
