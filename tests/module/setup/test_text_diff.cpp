// SPDX-License-Identifier: Apache-2.0
#include "module/setup/text_diff.h"

#include <catch2/catch.hpp>
#include <random>
#include <vector>

using namespace zoo::setup;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// What `patch` does, with every context line checked.
std::string patched(const std::string& before, const std::string& diff) {
  const std::vector<std::string> old_lines = lines_of(before);
  std::size_t at = 0;
  std::string out;
  const std::vector<std::string> steps = lines_of(diff);
  for (std::size_t i = 2; i < steps.size(); ++i) {
    const std::string& step = steps[i];
    if (step.starts_with("@@")) {
      const std::size_t comma = step.find(',');
      std::size_t first = std::stoul(step.substr(4, comma - 4));
      if (std::stoul(step.substr(comma + 1)) > 0) --first;
      while (at < first) out += old_lines.at(at++) + "\n";
    } else if (step[0] == '+') {
      out += step.substr(1) + "\n";
    } else {
      REQUIRE(old_lines.at(at++) == step.substr(1));
      if (step[0] == ' ') out += step.substr(1) + "\n";
    }
  }
  while (at < old_lines.size()) out += old_lines[at++] + "\n";
  return out;
}

}  // namespace

TEST_CASE("a diff shows the change and its surroundings", "[text_diff]") {
  CHECK(unified_diff("a\nb\n", "a\nb\n", "x").empty());
  CHECK(unified_diff("1\n2\n3\n4\n5\r\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\r\n6\n7\n8\n9\n", "x") ==
        "--- x\n+++ x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
  CHECK(unified_diff("", "a\n", "x") == "--- x\n+++ x\n@@ -0,0 +1,1 @@\n+a\n");
}

TEST_CASE("a diff turns one text into the other", "[text_diff]") {
  std::mt19937 random(7);
  const auto text = [&](std::size_t lines) {
    std::string out;
    for (std::size_t i = 0; i < lines; ++i) out += std::string(1, static_cast<char>('a' + random() % 5)) + "\n";
    return out;
  };
  for (int i = 0; i < 2000; ++i) {
    const std::string before = text(random() % 40);
    const std::string after = text(random() % 40);
    INFO(before << "----\n" << after);
    REQUIRE(patched(before, unified_diff(before, after, "x")) == after);
  }
}

TEST_CASE("texts that have nothing in common are shown whole", "[text_diff]") {
  std::string before;
  std::string after;
  for (int i = 0; i < 2000; ++i) {
    before += "old" + std::to_string(i) + "\n";
    after += "new" + std::to_string(i) + "\n";
  }
  CHECK(patched(before, unified_diff(before, after, "x")) == after);
}
