// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "module/core/event_reporter.h"

using namespace zoo::module;

namespace {

class HandClock final : public Clock {
 public:
  TimePoint now() const override { return time; }
  TimePoint time = TimePoint() + std::chrono::hours(1);
};

struct Reports {
  HandClock clock;
  std::vector<std::string> told;
  EventReporter reporter{clock, [this](EventId id, std::string_view text) {
                           told.push_back(std::to_string(static_cast<unsigned>(id)) + " " + std::string(text));
                         }};
};

}  // namespace

TEST_CASE("an event names its application", "[event_reporter]") {
  Reports reports;
  reports.reporter.report(EventId::kDeployFailed, "site/shop", "exit code 5");
  reports.reporter.report(EventId::kInternal, "", "no memory");
  CHECK(reports.told == std::vector<std::string>{"1005 Application \"site/shop\": exit code 5", "1006 no memory"});
}

TEST_CASE("the same event of an application is told once in a while, with the number of those between",
          "[event_reporter]") {
  Reports reports;
  for (int i = 0; i < 4; ++i) reports.reporter.report(EventId::kWorkerEnded, "a", "worker " + std::to_string(i));
  reports.reporter.report(EventId::kWorkerEnded, "b", "worker 9");
  reports.reporter.report(EventId::kWorkerHung, "a", "worker 9");
  CHECK(reports.told.size() == 3);
  reports.clock.time += EventReporter::kQuietTime;
  reports.reporter.report(EventId::kWorkerEnded, "a", "worker 5");
  REQUIRE(reports.told.size() == 4);
  CHECK(reports.told.back() == "1002 Application \"a\": worker 5\n(and 3 more since the last such event)");
  reports.clock.time += EventReporter::kQuietTime;
  reports.reporter.report(EventId::kWorkerEnded, "a", "worker 6");
  CHECK(reports.told.back() == "1002 Application \"a\": worker 6");
}

TEST_CASE("each different fault of a configuration is told", "[event_reporter]") {
  Reports reports;
  reports.reporter.report(EventId::kConfiguration, "a", "no engine");
  reports.reporter.report(EventId::kConfiguration, "a", "no engine");
  reports.reporter.report(EventId::kConfiguration, "a", "another engine");
  CHECK(reports.told.size() == 2);
}

TEST_CASE("no more is remembered than a bound", "[event_reporter]") {
  Reports reports;
  for (std::size_t i = 0; i < 3 * EventReporter::kMostApplications; ++i) {
    reports.reporter.report(EventId::kWorkerEnded, std::to_string(i), "ended");
  }
  CHECK(reports.told.size() == 3 * EventReporter::kMostApplications);
}

TEST_CASE("a log that fails hurts nobody", "[event_reporter]") {
  HandClock clock;
  EventReporter reporter(clock, [](EventId, std::string_view) { throw std::runtime_error("no log"); });
  CHECK_NOTHROW(reporter.report(EventId::kInternal, "a", "text"));
}
