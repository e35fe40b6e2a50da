// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "module/posix/event_loop.h"
#include "module/posix/process.h"

using namespace zoo::module;

namespace {

struct Outcome {
  std::string how;
  std::string printed;
};

Outcome run_shell(const std::string& script) {
  EventLoop loop;
  ProcessOptions options{"/bin/sh", {"-c", script}, "/", {{"COLOR", "green"}}, -1};
  Outcome outcome;
  std::string error;
  Process::Callbacks callbacks;
  callbacks.exited = [&](std::string_view how) {
    outcome.how = how;
    loop.stop();
  };
  const auto process = Process::start(loop, options, std::move(callbacks), error);
  REQUIRE(process != nullptr);
  loop.run();
  outcome.printed = process->recent_output();
  return outcome;
}

}  // namespace

TEST_CASE("a process has its environment, its folder and its output", "[process]") {
  const Outcome outcome = run_shell("echo $COLOR in `pwd`; echo oops >&2; exit 3");
  CHECK(outcome.how == "exit code 3");
  CHECK(outcome.printed == "green in /\noops\n");
}

TEST_CASE("the end by a signal is told", "[process]") {
  CHECK(run_shell("kill -9 $$").how == "signal 9");
}

TEST_CASE("only the end of long output is kept", "[process]") {
  const Outcome outcome = run_shell(
      "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; "
      "i=$((i+1)); done; echo last");
  CHECK(outcome.printed.size() <= 64 * 1024);
  CHECK(outcome.printed.ends_with("last\n"));
}

TEST_CASE("a program or folder that is not there is an error", "[process]") {
  EventLoop loop;
  std::string error;
  CHECK(Process::start(loop, {"/nonexistent", {}, "", {}, -1}, {}, error) == nullptr);
  CHECK(error.find("No such file") != std::string::npos);
  error.clear();
  CHECK(Process::start(loop, {"/bin/sh", {}, "/nonexistent", {}, -1}, {}, error) == nullptr);
  CHECK(error.find("/nonexistent") != std::string::npos);
}
