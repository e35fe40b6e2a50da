// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

namespace zoo {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxShownLine = 160;  ///< Longer source lines are cut around the caret.

auto sort_key(const Diagnostic& d) {
  return std::tie(d.pos.source, d.pos.offset, d.code, d.message);
}

struct Colors {
  std::string_view bold, severity, caret, reset;
};

Colors colors_for(Severity severity, bool color) {
  if (!color) return {};
  constexpr std::string_view kSeverities[] = {"\x1b[1;36m", "\x1b[1;35m", "\x1b[1;31m"};
  return {"\x1b[1m", kSeverities[static_cast<int>(severity)], "\x1b[1;32m", "\x1b[0m"};
}

/// Control characters of the user's text must not reach the terminal; tabs become one space to keep the caret in place.
std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u == '\t' || u == '\n' || u == '\r') {
      out += ' ';
    } else if (u < 0x20 || u == 0x7F) {
      out += '?';
    } else {
      out += c;
    }
  }
  return out;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::size_t back_to_lead(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return at;
}

std::string source_excerpt(const SourceText& source, std::uint32_t offset, const Colors& colors) {
  std::string_view line = source.line_at(offset);
  std::size_t caret = std::min<std::size_t>(
      line.size(),
      offset - std::min<std::size_t>(offset, static_cast<std::size_t>(line.data() - source.text().data())));
  if (line.size() > kMaxShownLine) {
    const std::size_t begin = back_to_lead(line, caret > kMaxShownLine / 2 ? caret - kMaxShownLine / 2 : 0);
    const std::size_t end = back_to_lead(line, std::min(line.size(), begin + kMaxShownLine));
    line = line.substr(begin, end - begin);
    caret -= begin;
  }
  const std::string before(code_points(line.substr(0, caret)), ' ');
  return fmt::format("  {}\n  {}{}^{}\n", printable(line), before, colors.caret, colors.reset);
}

Json to_json_object(const Diagnostic& d, const SourceSet& sources) {
  Json object = {{"severity", name(d.severity)}, {"code", d.code}, {"message", printable(d.message)}};
  if (!d.hint.empty()) object["hint"] = d.hint;
  if (d.effect != Effect::kNone) object["effect"] = name(d.effect);
  if (!d.product_id.empty()) object["product"] = d.product_id;
  if (d.pos.known()) {
    const SourceText& source = sources.at(d.pos.source);
    const auto place = source.line_column(d.pos.offset);
    object["file"] = source.path();
    object["line"] = place.line;
    object["column"] = place.column;
  }
  return object;
}

Json sarif_result(const Diagnostic& d, const SourceSet& sources) {
  constexpr std::string_view kLevels[] = {"note", "warning", "error"};
  Json result = {{"ruleId", d.code},
                 {"level", kLevels[static_cast<int>(d.severity)]},
                 {"message", {{"text", d.hint.empty() ? d.message : d.message + ". " + d.hint}}}};
  if (d.pos.known()) {
    const SourceText& source = sources.at(d.pos.source);
    const auto place = source.line_column(d.pos.offset);
    result["locations"] = Json::array({{{"physicalLocation",
                                         {{"artifactLocation", {{"uri", source.path()}}},
                                          {"region", {{"startLine", place.line}, {"startColumn", place.column}}}}}}});
  }
  return result;
}

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

void Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::kError) ++errors_;
  if (diagnostic.severity == Severity::kWarning) ++warnings_;
  if (items_.size() >= limit_) {
    ++dropped_;
    return;
  }
  items_.push_back(std::move(diagnostic));
}

void Diagnostics::error(std::string code, std::string message, SourcePos pos, std::string hint) {
  add({Severity::kError, std::move(code), std::move(message), std::move(hint), Effect::kNone, pos, {}});
}

void Diagnostics::warning(std::string code, std::string message, SourcePos pos, std::string hint) {
  add({Severity::kWarning, std::move(code), std::move(message), std::move(hint), Effect::kNone, pos, {}});
}

bool Diagnostics::has(std::string_view code) const {
  return std::any_of(items_.begin(), items_.end(), [&](const Diagnostic& d) { return d.code == code; });
}

void Diagnostics::sort() {
  std::stable_sort(items_.begin(), items_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return sort_key(a) < sort_key(b); });
  const auto same = [](const Diagnostic& a, const Diagnostic& b) { return sort_key(a) == sort_key(b); };
  const auto end = std::unique(items_.begin(), items_.end(), same);
  items_.erase(end, items_.end());
  const auto count = [this](Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(items_.begin(), items_.end(), [&](const Diagnostic& d) { return d.severity == severity; }));
  };
  if (dropped_ == 0) {
    errors_ = count(Severity::kError);
    warnings_ = count(Severity::kWarning);
  }
}

std::string_view name(Severity severity) {
  constexpr std::string_view kNames[] = {"note", "warning", "error"};
  return kNames[static_cast<int>(severity)];
}

std::string_view name(Effect effect) {
  constexpr std::string_view kNames[] = {"", "rejects the feed", "hides the product", "fails at install",
                                         "has no effect"};
  return kNames[static_cast<int>(effect)];
}

std::string to_text(const Diagnostic& d, const SourceSet& sources, bool color) {
  const Colors colors = colors_for(d.severity, color);
  std::string out;
  if (d.pos.known()) {
    const SourceText& source = sources.at(d.pos.source);
    const auto place = source.line_column(d.pos.offset);
    out += fmt::format("{}{}:{}:{}:{} ", colors.bold, source.path(), place.line, place.column, colors.reset);
  }
  out += fmt::format("{}{} {}:{} {}", colors.severity, name(d.severity), d.code, colors.reset, printable(d.message));
  // A note says what may be: naming the worst effect there would read as a verdict.
  if (d.effect != Effect::kNone && d.severity != Severity::kNote) out += fmt::format(" [{}]", name(d.effect));
  out += '\n';
  if (d.pos.known()) out += source_excerpt(sources.at(d.pos.source), d.pos.offset, colors);
  if (!d.hint.empty()) out += fmt::format("  hint: {}\n", printable(d.hint));
  return out;
}

std::string to_json(const Diagnostics& diagnostics, const SourceSet& sources) {
  Json list = Json::array();
  for (const Diagnostic& d : diagnostics.items()) list.push_back(to_json_object(d, sources));
  return dump(list);
}

std::string to_sarif(const Diagnostics& diagnostics, const SourceSet& sources, std::string_view tool,
                     std::string_view version) {
  Json results = Json::array();
  for (const Diagnostic& d : diagnostics.items()) results.push_back(sarif_result(d, sources));
  const Json log = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({{{"tool", {{"driver", {{"name", tool}, {"version", version}}}}},
                                           {"columnKind", "unicodeCodePoints"},
                                           {"results", std::move(results)}}})}};
  return dump(log);
}

}  // namespace zoo
