// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/progress.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>
#include <vector>

using namespace zoo;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

/// A progress whose clock and terminal the test holds.
struct Screen {
  std::chrono::steady_clock::time_point now;
  std::vector<std::string> writes;
  unsigned columns = 100;
  Progress progress;

  explicit Screen(ProgressMode mode) : progress(options(mode)) {}
  Progress::Options options(ProgressMode mode) {
    Progress::Options out;
    out.mode = mode;
    out.write = [this](std::string_view text) { writes.emplace_back(text); };
    out.now = [this] { return now; };
    out.columns = [this] { return columns; };
    return out;
  }
  std::string last() const { return writes.empty() ? "" : writes.back(); }
};

}  // namespace

TEST_CASE("Amounts and times are short", "[progress]") {
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(999) == "999 B");
  CHECK(bytes_text(1000) == "1.00 kB");
  CHECK(bytes_text(28808040) == "28.8 MB");
  CHECK(bytes_text(999499) == "999 kB");
  CHECK(bytes_text(999500) == "1.00 MB");
  CHECK(bytes_text(4ULL << 30U) == "4.29 GB");
  CHECK(bytes_text(~0ULL) == "18.4 EB");
  CHECK(duration_text(7s) == "0:07");
  CHECK(duration_text(750s) == "12:30");
  CHECK(duration_text(3723s) == "1:02:03");
}

TEST_CASE("Bars show part, amount, rate and remaining time", "[progress]") {
  Screen screen(ProgressMode::kBars);
  screen.progress.expect(1);
  auto item = screen.progress.begin("setup.exe");
  item.set(0, 10000000);
  screen.now += 1s;
  item.set(2500000, 10000000);
  CHECK_THAT(screen.last(), Contains("setup.exe") && Contains("[#####---------------]  25%") &&
                                Contains("2.50 MB/10.0 MB") && Contains("2.50 MB/s") && Contains("0:03"));
  CHECK_THAT(screen.last(), Contains("total 0/1"));
}

TEST_CASE("Bars are redrawn at most ten times a second", "[progress]") {
  Screen screen(ProgressMode::kBars);
  auto item = screen.progress.begin("x");
  const std::size_t before = screen.writes.size();
  for (unsigned i = 1; i <= 1000; ++i) {
    screen.now += 1ms;
    item.set(i, 1000);
  }
  CHECK(screen.writes.size() - before == 10);
}

TEST_CASE("Kept bytes of an earlier run do not count for the rate", "[progress]") {
  Screen screen(ProgressMode::kBars);
  auto item = screen.progress.begin("x");
  screen.now += 1s;
  item.set(9000000, 10000000);
  screen.now += 1s;
  item.set(9001000, 10000000);
  CHECK_THAT(screen.last(), !Contains("MB/s"));
}

TEST_CASE("Bars go away with their items, the total with the last", "[progress]") {
  Screen screen(ProgressMode::kBars);
  screen.progress.expect(2);
  auto a = screen.progress.begin("first");
  auto b = screen.progress.begin("second");
  screen.now += 1s;
  a.set(5, 10);
  CHECK_THAT(screen.last(), Contains("first") && Contains("second") && Contains("total 0/2"));
  a.finish("done");
  screen.now += 1s;
  b.set(5, 10);
  // Three lines are erased before the two that remain are drawn.
  CHECK_THAT(screen.last(), Contains("\x1b[3A\r\x1b[J") && !Contains("first") && Contains("total 1/2"));
  b = Progress::Item();
  CHECK(screen.last() == "\x1b[2A\r\x1b[J");
}

TEST_CASE("No line is wider than the terminal, names cannot command it", "[progress]") {
  Screen screen(ProgressMode::kBars);
  screen.columns = 40;
  auto item = screen.progress.begin("bü\x1b[31m" + std::string(300, 'x'));
  screen.now += 1s;
  item.set(1, 1000);
  std::size_t width = 0;
  for (const char c : screen.last()) {
    if (c == '\n') width = 0;
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U && c != '\n') ++width;
    CHECK(width < 40 + 8);  // The first line begins with the erasing sequence.
  }
  CHECK_THAT(screen.last(), Contains("bü?[31m") && !Contains("\x1b[31m"));
}

TEST_CASE("An unknown total shows what arrived", "[progress]") {
  Screen screen(ProgressMode::kBars);
  auto item = screen.progress.begin("x");
  screen.now += 1s;
  item.set(5000000, std::nullopt);
  CHECK_THAT(screen.last(), Contains("5.00 MB") && !Contains("%") &&
                                !Contains("["
                                          "#"));
}

TEST_CASE("Lines tell begin and end", "[progress]") {
  Screen screen(ProgressMode::kLines);
  {
    auto a = screen.progress.begin("a.exe");
    a.set(1, 2);
    screen.now += 65s;
    a.finish("28.8 MB");
    const auto b = screen.progress.begin("b.exe");
  }
  CHECK(screen.writes == std::vector<std::string>{"begin a.exe\n", "end   a.exe: 28.8 MB (1:05)\n", "begin b.exe\n",
                                                  "end   b.exe: stopped (0:00)\n"});
}

TEST_CASE("Messages come through in every mode, above the bars", "[progress]") {
  Screen silent(ProgressMode::kNone);
  auto none = silent.progress.begin("x");
  none.set(1, 2);
  CHECK(silent.writes.empty());
  silent.progress.message("look");
  CHECK(silent.last() == "look\n");
  Screen bars(ProgressMode::kBars);
  auto item = bars.progress.begin("x");
  bars.progress.message("look");
  CHECK(bars.last().find("look\n") < bars.last().find("total"));
}

TEST_CASE("Bars need a terminal and a user who wants them", "[progress]") {
  // The standard error of a test run may be a terminal: what is checked holds in both cases.
  CHECK(progress_mode(true, true, false) == ProgressMode::kNone);
  CHECK(progress_mode(false, true, true) == ProgressMode::kLines);
  CHECK(progress_mode(false, false, true) == ProgressMode::kNone);
  REQUIRE(::setenv("CI", "true", 1) == 0);
  CHECK(progress_mode(false, false, false) == ProgressMode::kNone);
  REQUIRE(::unsetenv("CI") == 0);
}
