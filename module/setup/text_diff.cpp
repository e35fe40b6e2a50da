// SPDX-License-Identifier: Apache-2.0
#include "module/setup/text_diff.h"

#include <algorithm>
#include <vector>

namespace zoo::setup {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kContext = 3;
// The work is proportional to its square.
constexpr std::ptrdiff_t kMostChanges = 600;

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// One line of the result: of both texts (' '), of the old ('-') or the new one ('+').
struct Step {
  char kind = ' ';
  std::string_view line;
};

/// Eugene Myers' greedy algorithm on what is between the common beginning and the common end.
class Differ {
 public:
  Differ(const Lines& before, const Lines& after) : before_(before), after_(after) {}

  std::vector<Step> run() {
    const auto [left, right] = std::ranges::mismatch(before_, after_);
    first_ = static_cast<std::size_t>(left - before_.begin());
    const std::size_t most = std::min(before_.size(), after_.size()) - first_;
    while (tail_ < most && before_[before_.size() - 1 - tail_] == after_[after_.size() - 1 - tail_]) ++tail_;
    rows_ = static_cast<std::ptrdiff_t>(before_.size() - first_ - tail_);
    columns_ = static_cast<std::ptrdiff_t>(after_.size() - first_ - tail_);
    std::vector<Step> steps;
    for (std::size_t i = 0; i < first_; ++i) steps.push_back({' ', before_[i]});
    search() ? walk_back(steps) : whole(steps);
    for (std::size_t i = before_.size() - tail_; i < before_.size(); ++i) steps.push_back({' ', before_[i]});
    return steps;
  }

 private:
  std::string_view old_line(std::ptrdiff_t row) const { return before_[first_ + static_cast<std::size_t>(row)]; }
  std::string_view new_line(std::ptrdiff_t column) const { return after_[first_ + static_cast<std::size_t>(column)]; }
  static std::size_t slot(std::ptrdiff_t diagonal) { return static_cast<std::size_t>(diagonal + kMostChanges + 1); }

  /// True when the step to this diagonal with `changes` changes comes from the one above: a line was added.
  static bool comes_down(const std::vector<std::ptrdiff_t>& reached, std::ptrdiff_t diagonal, std::ptrdiff_t changes) {
    return diagonal == -changes || (diagonal != changes && reached[slot(diagonal - 1)] < reached[slot(diagonal + 1)]);
  }

  bool search() {
    std::vector<std::ptrdiff_t> reached(static_cast<std::size_t>(2 * kMostChanges + 3), 0);
    for (std::ptrdiff_t changes = 0; changes <= kMostChanges; ++changes) {
      trace_.push_back(reached);
      for (std::ptrdiff_t diagonal = -changes; diagonal <= changes; diagonal += 2) {
        std::ptrdiff_t row =
            comes_down(reached, diagonal, changes) ? reached[slot(diagonal + 1)] : reached[slot(diagonal - 1)] + 1;
        while (row < rows_ && row - diagonal < columns_ && old_line(row) == new_line(row - diagonal)) ++row;
        reached[slot(diagonal)] = row;
        if (row >= rows_ && row - diagonal >= columns_) return true;
      }
    }
    return false;
  }

  void walk_back(std::vector<Step>& steps) {
    std::vector<Step> back;
    std::ptrdiff_t row = rows_;
    std::ptrdiff_t column = columns_;
    for (std::ptrdiff_t changes = static_cast<std::ptrdiff_t>(trace_.size()) - 1; changes >= 0; --changes) {
      const std::vector<std::ptrdiff_t>& reached = trace_[static_cast<std::size_t>(changes)];
      const bool down = comes_down(reached, row - column, changes);
      const std::ptrdiff_t diagonal = row - column + (down ? 1 : -1);
      const std::ptrdiff_t old_row = reached[slot(diagonal)];
      for (; row > old_row && column > old_row - diagonal; --column) back.push_back({' ', old_line(--row)});
      if (changes > 0) back.push_back(down ? Step{'+', new_line(--column)} : Step{'-', old_line(--row)});
    }
    steps.insert(steps.end(), back.rbegin(), back.rend());
  }

  void whole(std::vector<Step>& steps) const {
    for (std::ptrdiff_t i = 0; i < rows_; ++i) steps.push_back({'-', old_line(i)});
    for (std::ptrdiff_t i = 0; i < columns_; ++i) steps.push_back({'+', new_line(i)});
  }

  const Lines& before_;
  const Lines& after_;
  std::size_t first_ = 0;
  std::size_t tail_ = 0;
  std::ptrdiff_t rows_ = 0;
  std::ptrdiff_t columns_ = 0;
  std::vector<std::vector<std::ptrdiff_t>> trace_;
};

std::string plain(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line) + "\n";
}

std::string range(std::size_t first, std::size_t count) {
  return std::to_string(count == 0 ? first : first + 1) + "," + std::to_string(count);
}

/// The end of the hunk that begins at `begin`: changes with at most 2 * kContext common lines between them.
std::size_t hunk_end(const std::vector<Step>& steps, std::size_t begin) {
  std::size_t end = begin;
  for (std::size_t i = begin; i < steps.size() && i <= end + 2 * kContext; ++i) {
    if (steps[i].kind != ' ') end = i + 1;
  }
  return end;
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, const std::string& name) {
  if (before == after) return {};
  const Lines old_lines = split(before);
  const Lines new_lines = split(after);
  const std::vector<Step> steps = Differ(old_lines, new_lines).run();
  std::string out = "--- " + name + "\n+++ " + name + "\n";
  std::size_t old_line = 0;
  std::size_t new_line = 0;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < steps.size();) {
    if (steps[i].kind == ' ') {
      ++i;
      continue;
    }
    const std::size_t begin = std::max(shown, i >= kContext ? i - kContext : 0);
    const std::size_t end = std::min(hunk_end(steps, i) + kContext, steps.size());
    const auto count = [&](std::size_t from, std::size_t to, char other) {
      return static_cast<std::size_t>(std::count_if(steps.begin() + static_cast<std::ptrdiff_t>(from),
                                                    steps.begin() + static_cast<std::ptrdiff_t>(to),
                                                    [other](const Step& step) { return step.kind != other; }));
    };
    old_line += count(shown, begin, '+');
    new_line += count(shown, begin, '-');
    out += "@@ -" + range(old_line, count(begin, end, '+')) + " +" + range(new_line, count(begin, end, '-')) + " @@\n";
    for (std::size_t k = begin; k < end; ++k) out += steps[k].kind + plain(steps[k].line);
    old_line += count(begin, end, '+');
    new_line += count(begin, end, '-');
    shown = i = end;
  }
  return out;
}

}  // namespace zoo::setup
