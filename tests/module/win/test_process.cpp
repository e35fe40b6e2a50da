// SPDX-License-Identifier: Apache-2.0
#include <windows.h>

#include <catch2/catch.hpp>
#include <string>

#include "module/win/process.h"
#include "module/win/text.h"
#include "tests/module/win/loop_until.h"

namespace zoo::module {
namespace {

ProcessOptions shell(const std::string& command) {
  ProcessOptions options;
  options.program = find_program("cmd", "C:\\windows\\system32");
  options.arguments = "/c " + command;
  options.environment = {
      {"SystemRoot", "C:\\windows"}, {"ZOO_TEXT", "gr\xC3\xBC\xC3\x9F"}, {"path", "C:\\windows\\system32"}};
  return options;
}

struct Ended {
  std::string how;
  std::unique_ptr<Process> process;
  std::string error;
};

Ended run(const ProcessOptions& options) {
  EventLoop loop;
  Ended ended;
  Process::Callbacks callbacks;
  callbacks.exited = [&](std::string_view how) { ended.how = how; };
  ended.process = Process::start(loop, options, std::move(callbacks), ended.error);
  if (ended.process != nullptr) loop_until(loop, [&] { return !ended.how.empty(); });
  if (ended.process != nullptr) ended.error = ended.process->recent_output();
  ended.process.reset();
  return ended;
}

}  // namespace

TEST_CASE("a program is found like Windows finds it", "[process]") {
  CHECK(find_program("cmd", "C:\\windows\\system32").ends_with("cmd.exe"));
  CHECK(find_program("C:\\windows\\system32\\cmd.exe", "").ends_with("cmd.exe"));
  CHECK(find_program("no-such-program", "C:\\windows\\system32").empty());
  CHECK(find_program("C:\\windows\\system32", "").empty());
}

TEST_CASE("an environment block is sorted, in UTF-16, and ends with two zeros", "[process]") {
  const std::wstring block = environment_block({{"b", "2"}, {"A", "\xC3\xA4"}, {"=C:", "C:\\"}});
  CHECK(block == std::wstring(L"=C:=C:\\\0A=\u00E4\0b=2\0\0", 17));
}

TEST_CASE("output and exit code of a child are told", "[process]") {
  const Ended ended = run(shell("echo hello& exit 3"));
  CHECK(ended.how == "exit code 3");
  CHECK(ended.error == "hello\r\n");
}

TEST_CASE("a child gets the variables in Unicode", "[process]") {
  const Ended ended = run(shell("if %ZOO_TEXT%==gr\xC3\xBC\xC3\x9F (exit 7) else (exit 8)"));
  CHECK(ended.how == "exit code 7");
}

TEST_CASE("what cannot be started is explained", "[process]") {
  ProcessOptions options = shell("exit");
  options.directory = "C:\\no such folder";
  const Ended ended = run(options);
  CHECK(ended.how.empty());
  CHECK(ended.error.find("cannot start") == 0);
}

TEST_CASE("a process that is destroyed ends, with its children", "[process]") {
  EventLoop loop;
  std::string error;
  auto process = Process::start(loop, shell("ping -n 1000 127.0.0.1"), {}, error);
  REQUIRE(process != nullptr);
  const HANDLE watched = ::OpenProcess(SYNCHRONIZE, FALSE, static_cast<DWORD>(process->id()));
  REQUIRE(watched != nullptr);
  CHECK(::WaitForSingleObject(watched, 0) == WAIT_TIMEOUT);
  process.reset();
  CHECK(::WaitForSingleObject(watched, 5000) == WAIT_OBJECT_0);
  ::CloseHandle(watched);
}

}  // namespace zoo::module
