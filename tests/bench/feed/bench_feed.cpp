// SPDX-License-Identifier: Apache-2.0
// Reading, checking and writing a large feed against what pugixml needs to parse and print the same file.
//
//   bench_feed [RUNS]            the table of docs/performance.md, medians of RUNS (default 7); exit code 1 over budget
//   bench_feed generate N FILE   writes the feed of N products
//   bench_feed pugixml FILE      one run of the peer (what the table's rows are measured on: a process each)
//   bench_feed zoo FILE          one run of ours, prints the CPU milliseconds of each stage
#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <future>
#include <map>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/files.h"
#include "feedgen/base/xml.h"
#include "feedgen/catalog/rules/rule.h"
#include "feedgen/feed/webpi_reader.h"
#include "feedgen/feed/webpi_writer.h"
#include "tests/bench/feed/feed_generator.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX wants it declared by the program

namespace zoo::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint64_t kMaxFile = 1ULL << 30U;
constexpr std::size_t kSmall = 10000;
constexpr std::size_t kLarge = 100000;
// design budgets: against the peer, against the size of the file, and of the large feed against the small one
constexpr double kTimeBudget = 2.0;
constexpr double kMemoryBudget = 10.0;
constexpr double kGrowthBudget = 12.0;

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// ------------------------------------------------------------------------------------------------ the two runs

struct StringWriter : pugi::xml_writer {
  std::string text;
  void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
};

int run_pugixml(const std::string& path) {
  pugi::xml_document document;
  if (!document.load_file(path.c_str(), pugi::parse_default, pugi::encoding_utf8)) return 1;
  StringWriter writer;
  document.print(writer, "  ", pugi::format_default, pugi::encoding_utf8);
  return writer.text.empty() ? 1 : 0;
}

/// Prints the CPU time of all threads since the last stage, in milliseconds.
class Stages {
 public:
  void end(std::string_view name) {
    const std::clock_t now = std::clock();
    fmt::print("{} {:.3f}\n", name, static_cast<double>(now - last_) * 1e3 / CLOCKS_PER_SEC);
    last_ = now;
  }

 private:
  std::clock_t last_ = std::clock();
};

int run_zoo(const std::string& path) {
  Stages stages;
  Result<std::string> bytes = read_file(path, kMaxFile);
  if (!bytes) return 1;
  stages.end("file");
  SourceSet sources;
  Diagnostics diagnostics;
  auto document = XmlDocument::parse(path, std::move(*bytes), sources, diagnostics);
  if (!document) return 1;
  stages.end("parse");
  auto catalog = feed::read_webpi(std::move(document), diagnostics);
  if (!catalog) return 1;
  stages.end("read");
  // The rules only look at the model, so it is written at the same time.
  auto writing = std::async(std::launch::async, [&catalog] { return feed::write_webpi(*catalog); });
  const catalog::ProductIndex index(*catalog);
  catalog::check({*catalog, index, {}, true}, diagnostics);
  const std::string written = writing.get();
  stages.end("check+write");
  // A generated feed has nothing to report: anything else would time the reporting.
  if (diagnostics.errors() + diagnostics.warnings() != 0) {
    fmt::print(stderr, "{}\n", to_text(diagnostics.items().front(), sources, false));
    return 1;
  }
  // As feedgen ends: the system takes the memory back faster than a million small objects are freed.
  std::fflush(nullptr);
  std::_Exit(written.empty() ? 1 : 0);
}

// ------------------------------------------------------------------------------------------------ measuring

struct Measured {
  bool ok = false;
  double wall = 0;    ///< Milliseconds, from start to end of the process.
  double cpu = 0;     ///< Milliseconds, user and system, all threads.
  double memory = 0;  ///< Bytes resident at the peak.
  std::map<std::string, double> stages;
};

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

std::map<std::string, double> parse_stages(const std::string& text) {
  std::map<std::string, double> stages;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t space = text.find(' ', at);
    const std::size_t end = text.find('\n', at);
    if (space == std::string::npos || end == std::string::npos) break;
    stages[text.substr(at, space - at)] = std::strtod(text.c_str() + space, nullptr);
    at = end + 1;
  }
  return stages;
}

/// Runs this program with the given arguments as a process of its own. This process must stay small: the peak that the
/// kernel reports for a child begins with the size of its parent.
Measured run_child(std::vector<std::string> arguments) {
  Measured measured;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return measured;
  std::vector<char*> raw;
  arguments.insert(arguments.begin(), "bench_feed");
  for (std::string& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  pid_t child = 0;
  const auto begun = Clock::now();
  const bool started = ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, raw.data(), environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  const std::string output = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  rusage usage{};
  if (!started || ::wait4(child, &status, 0, &usage) != child) return measured;
  measured.wall = milliseconds(Clock::now() - begun);
  measured.cpu = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
  measured.memory = static_cast<double>(usage.ru_maxrss) * 1024;
  measured.stages = parse_stages(output);
  measured.ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return measured;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// The median of one figure over all runs.
template <typename Figure>
double median_of(const std::vector<Measured>& runs, Figure figure) {
  std::vector<double> values;
  for (const Measured& run : runs) values.push_back(figure(run));
  return median(std::move(values));
}

/// The two tools on one file; run i of one was made directly beside run i of the other.
struct Pair {
  std::size_t products = 0;
  double file_size = 0;
  std::vector<Measured> pugixml, zoo;

  template <typename Figure>
  double ratio(Figure figure) const {
    std::vector<double> values;
    for (std::size_t i = 0; i < zoo.size(); ++i) values.push_back(figure(zoo[i]) / figure(pugixml[i]));
    return median(std::move(values));
  }
};

const auto kWall = [](const Measured& run) { return run.wall; };
const auto kCpu = [](const Measured& run) { return run.cpu; };
const auto kMemory = [](const Measured& run) { return run.memory; };

// ------------------------------------------------------------------------------------------------ the report

constexpr double kMegabyte = 1e6;

void print_row(std::string_view name, const Pair& pair, const std::vector<Measured>& runs) {
  fmt::print("| {} | {} | {:.0f} | {:.0f} | {:.0f} | {:.1f} |\n", pair.products, name, median_of(runs, kWall),
             median_of(runs, kCpu), median_of(runs, kMemory) / kMegabyte, median_of(runs, kMemory) / pair.file_size);
}

void print_stages(const Pair& pair) {
  fmt::print("\n{} products, CPU milliseconds of each stage of ours:", pair.products);
  for (const char* stage : {"file", "parse", "read", "check+write"}) {
    fmt::print(" {} {:.0f}", stage, median_of(pair.zoo, [&](const Measured& run) { return run.stages.at(stage); }));
  }
  fmt::print("\n");
}

bool print_budget(std::string_view what, double seen, double budget) {
  const bool met = seen <= budget;
  fmt::print("| {} | {:.2f} | {:.0f} | {} |\n", what, seen, budget, met ? "yes" : "**no**");
  return met;
}

/// True when every budget is met.
bool report(const Pair& small, const Pair& large, std::size_t runs) {
  fmt::print("Medians of {} runs of each, taken in turns; files of {:.1f} and {:.1f} MB.\n\n", runs,
             small.file_size / kMegabyte, large.file_size / kMegabyte);
  fmt::print("| products | what | wall ms | CPU ms | peak MB | peak / file |\n");
  fmt::print("| ---: | --- | ---: | ---: | ---: | ---: |\n");
  for (const Pair* pair : {&small, &large}) {
    print_row("pugixml: parse, print", *pair, pair->pugixml);
    print_row("zoo: read, check, write", *pair, pair->zoo);
  }
  fmt::print("\n| budget | seen | at most | met |\n| --- | ---: | ---: | --- |\n");
  bool met = print_budget("time of 10,000 products / pugixml's", small.ratio(kWall), kTimeBudget);
  met &= print_budget("peak memory of 10,000 products / size of the file",
                      median_of(small.zoo, kMemory) / small.file_size, kMemoryBudget);
  met &= print_budget("time of 100,000 products / time of 10,000",
                      median_of(large.zoo, kWall) / median_of(small.zoo, kWall), kGrowthBudget);
  fmt::print("\nCPU time of 10,000 products / pugixml's: {:.2f}.\n", small.ratio(kCpu));
  print_stages(small);
  print_stages(large);
  return met;
}

bool measure(Pair& pair, const std::string& path) {
  pair.file_size = static_cast<double>(std::filesystem::file_size(path));
  pair.pugixml.push_back(run_child({"pugixml", path}));
  pair.zoo.push_back(run_child({"zoo", path}));
  return pair.pugixml.back().ok && pair.zoo.back().ok;
}

int run_all(std::size_t runs) {
  std::string folder = (std::filesystem::temp_directory_path() / "bench_feed.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 3;
  Pair small{kSmall, 0, {}, {}};
  Pair large{kLarge, 0, {}, {}};
  bool ok = true;
  for (Pair* pair : {&small, &large}) {
    const std::string path = fmt::format("{}/{}.xml", folder, pair->products);
    ok = ok && run_child({"generate", std::to_string(pair->products), path}).ok;
  }
  for (std::size_t run = 0; ok && run < runs; ++run) {
    for (Pair* pair : {&small, &large}) ok = ok && measure(*pair, fmt::format("{}/{}.xml", folder, pair->products));
  }
  std::filesystem::remove_all(folder);
  if (!ok) {
    fmt::print(stderr, "bench_feed: a run failed\n");
    return 3;
  }
  return report(small, large, runs) ? 0 : 1;
}

int run(const std::vector<std::string>& arguments) {
  const std::string mode = arguments.empty() ? "7" : arguments[0];
  if (mode == "generate" && arguments.size() == 3) {
    return write_file(arguments[2], generate_feed(std::strtoul(arguments[1].c_str(), nullptr, 10))) ? 0 : 3;
  }
  if (mode == "pugixml" && arguments.size() == 2) return run_pugixml(arguments[1]);
  if (mode == "zoo" && arguments.size() == 2) return run_zoo(arguments[1]);
  const std::size_t runs = std::strtoul(mode.c_str(), nullptr, 10);
  if (runs == 0 || arguments.size() > 1) {
    fmt::print(stderr, "usage: bench_feed [RUNS] | generate N FILE | pugixml FILE | zoo FILE\n");
    return 2;
  }
  return run_all(runs);
}

}  // namespace
}  // namespace zoo::bench

int main(int argc, char** argv) {
  return zoo::bench::run(std::vector<std::string>(argv + 1, argv + argc));
}
