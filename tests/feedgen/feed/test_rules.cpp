// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "feedgen/base/files.h"
#include "feedgen/catalog/rules/rule.h"
#include "feedgen/feed/webpi_reader.h"

namespace {

namespace fs = std::filesystem;
using zoo::Diagnostic;
using zoo::Diagnostics;
using zoo::Severity;
using zoo::catalog::Catalog;

const fs::path kFixtures = fs::path(ZOO_SOURCE_DIR) / "tests/fixtures/feeds";

/// One run of the reader and the rules, as `feedgen lint` does it.
class Lint {
 public:
  explicit Lint(const std::string& text, bool closed = false, std::vector<const Catalog*> beside = {}) {
    const auto document = zoo::XmlDocument::parse("feed.xml", text, sources_, diagnostics_);
    if (!document) return;
    catalog_ = zoo::feed::read_webpi(document, diagnostics_);
    if (!catalog_) return;
    const zoo::catalog::ProductIndex index(*catalog_);
    zoo::catalog::check({*catalog_, index, std::move(beside), closed, nullptr}, diagnostics_);
    diagnostics_.sort();
  }

  const std::vector<Diagnostic>& items() const { return diagnostics_.items(); }
  const Catalog& catalog() const { return *catalog_; }
  bool has(std::string_view code) const { return diagnostics_.has(code); }
  /// Codes of at least this severity.
  std::set<std::string> codes(Severity severity) const {
    std::set<std::string> out;
    for (const Diagnostic& d : items()) {
      if (d.severity >= severity) out.insert(d.code);
    }
    return out;
  }
  std::string text() const {
    std::string out;
    for (const Diagnostic& d : items()) out += zoo::to_text(d, sources_, false);
    return out;
  }
  std::string message(std::string_view code) const {
    const auto found =
        std::find_if(items().begin(), items().end(), [&](const Diagnostic& d) { return d.code == code; });
    return found == items().end() ? "" : found->message;
  }

 private:
  zoo::SourceSet sources_;
  Diagnostics diagnostics_;
  std::optional<Catalog> catalog_;
};

std::string read(const fs::path& path) {
  return zoo::read_file(path.string(), zoo::kMaxFeedBytes).value();
}

struct Fixture {
  fs::path path;
  std::string rule;
  bool bad = false;
};

/// Names are <rule>-bad-<what>.xml or <rule>-good-<what>.xml; "-closed" and "-beside" at the end say what is loaded
/// before.
std::vector<Fixture> fixtures() {
  std::vector<Fixture> out;
  for (const auto& entry : fs::directory_iterator(kFixtures)) {
    const std::string name = entry.path().filename().string();
    if (name.substr(0, 2) != "ZF") continue;
    out.push_back({entry.path(), name.substr(0, 6), name.substr(7, 4) == "bad-"});
  }
  std::sort(out.begin(), out.end(), [](const Fixture& a, const Fixture& b) { return a.path < b.path; });
  return out;
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Lint lint(const Fixture& fixture, const Catalog& primary) {
  const std::string stem = fixture.path.stem().string();
  if (ends_with(stem, "-beside")) return Lint(read(fixture.path), true, {&primary});
  return Lint(read(fixture.path), ends_with(stem, "-closed"));
}

std::string feed(const std::string& entries) {
  return "<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>f</id><languages><language default=\"true\"><languageId>en"
         "</languageId></language></languages>" +
         entries + "</feed>";
}

std::string entry(const std::string& id, const std::string& dependency) {
  return "<entry><productId>" + id + "</productId><title>" + id +
         "</title><discoveryHint><file><filePath>c:\\x</filePath></file></discoveryHint>" + dependency +
         "<installers><installer><id>1</id><installCommands><cmdLine><exe>a.exe</exe></cmdLine></installCommands>"
         "</installer></installers></entry>";
}

std::string on(const std::string& id) {
  return "<dependency><productId>" + id + "</productId></dependency>";
}

/// Milliseconds that a lint of `text` takes.
double cost(const std::string& text) {
  const auto begin = std::chrono::steady_clock::now();
  const Lint lint(text);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

TEST_CASE("rules: the table is complete and in order", "[rules]") {
  std::string_view last;
  for (const zoo::catalog::Rule* rule : zoo::catalog::all_rules()) {
    CAPTURE(rule->info.id);
    CHECK(rule->info.id > last);
    CHECK_FALSE(rule->info.title.empty());
    CHECK_FALSE(rule->info.hint.empty());
    CHECK_FALSE(rule->info.source.empty());
    CHECK(&zoo::catalog::rule(rule->info.id) == rule);
    last = rule->info.id;
  }
}

TEST_CASE("rules: every rule has a feed that breaks it alone and one that keeps it", "[rules]") {
  const Lint primary(read(kFixtures / "beside.xml"));
  CAPTURE(primary.text());
  REQUIRE(primary.items().empty());
  std::map<std::string, int> bad;
  std::map<std::string, int> good;
  for (const Fixture& fixture : fixtures()) {
    const Lint result = lint(fixture, primary.catalog());
    CAPTURE(fixture.path.filename().string(), result.text());
    CHECK(result.has(fixture.rule) == fixture.bad);
    std::set<std::string> codes = result.codes(fixture.bad ? Severity::kWarning : Severity::kError);
    if (fixture.bad) codes.erase(fixture.rule);
    CHECK(codes.empty());
    ++(fixture.bad ? bad : good)[fixture.rule];
  }
  for (const zoo::catalog::Rule* rule : zoo::catalog::all_rules()) {
    const std::string id(rule->info.id);
    // What is said of files is tested with files: test_local_files.cpp.
    if (id.substr(0, 2) != "ZF" || id.substr(0, 4) == "ZF10") continue;
    CAPTURE(id);
    CHECK(bad[id] > 0);
    CHECK(good[id] > 0);
  }
}

TEST_CASE("rules: docs/rules.md is the table", "[rules]") {
  const std::string path = std::string(ZOO_SOURCE_DIR) + "/docs/rules.md";
  const std::string now = zoo::catalog::rules_markdown();
  if (std::getenv("ZOO_UPDATE_GOLDEN") != nullptr) REQUIRE(zoo::write_file(path, now).has_value());
  CHECK(read(path) == now);
}

TEST_CASE("rules: a cycle is shown with its path and once", "[rules]") {
  const Lint two(feed(entry("A", on("B")) + entry("B", on("C")) + entry("C", on("A"))));
  CHECK(two.message("ZF0309") == "dependencies form a cycle: A -> B -> C -> A");
  CHECK(two.items().size() == 1);
  const Lint apart(feed(entry("A", on("B")) + entry("B", on("A")) + entry("C", on("D")) + entry("D", on("C"))));
  CHECK(apart.items().size() == 2);
}

TEST_CASE("rules: missing products are one note in an open feed and errors in a closed one", "[rules]") {
  const std::string text = feed(entry("A", on("IIS7")) + entry("B", on("WDeploy")) + entry("C", on("IIS7")));
  const Lint open(text);
  CHECK(open.message("ZF0307") == "the feed loads only beside one that defines the products IIS7, WDeploy");
  CHECK(open.codes(Severity::kWarning).empty());
  const Lint closed(text, true);
  CHECK(closed.items().size() == 3);
  CHECK(closed.codes(Severity::kError) == std::set<std::string>{"ZF0306"});
}

TEST_CASE("rules: hostile sizes cost linear time", "[rules]") {
  std::string branches;
  for (int i = 0; i < 100'000; ++i) branches += on("A");
  const std::string wide = feed(entry("A", "") + entry("B", "<dependency><or>" + branches + "</or></dependency>"));
  const Lint lint(wide);
  CAPTURE(lint.text().substr(0, 500));
  CHECK(lint.codes(Severity::kError).empty());
  CHECK(lint.has("ZF0310"));

  std::string chain;
  std::string same;
  for (int i = 0; i < 20'000; ++i) {
    chain += entry("P" + std::to_string(i), on("P" + std::to_string((i + 1) % 20'000)));
    same += entry("Same", "");
  }
  const Lint cycle(feed(chain));
  CHECK(cycle.codes(Severity::kError) == std::set<std::string>{"ZF0309"});
  CHECK(cycle.items().size() == 1);
  CHECK(cycle.message("ZF0309").size() < 300);
  CHECK(Lint(feed(same)).codes(Severity::kError) == std::set<std::string>{"ZF0202"});
  // Generous, for machines that do other things: a quadratic step would take minutes.
  CHECK(cost(feed(chain)) < 5000);
}
