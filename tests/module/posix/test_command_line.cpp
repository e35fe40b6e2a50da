// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "module/posix/command_line.h"

using zoo::module::find_program;
using zoo::module::split_command_line;
using Words = std::vector<std::string>;

TEST_CASE("command lines are split as on Windows", "[command_line]") {
  CHECK(split_command_line("") == Words{});
  CHECK(split_command_line("  -O  worker.py ") == Words{"-O", "worker.py"});
  CHECK(split_command_line(R"("/a b/c.py" x)") == Words{"/a b/c.py", "x"});
  CHECK(split_command_line(R"(--name="a b"c)") == Words{"--name=a bc"});
  CHECK(split_command_line(R"(C:\zoo\x "")") == Words{R"(C:\zoo\x)", ""});
  CHECK(split_command_line(R"(say \"hi\")") == Words{"say", "\"hi\""});
}

TEST_CASE("programs are found by path or in the list of folders", "[command_line]") {
  CHECK(find_program("/bin/sh", "") == "/bin/sh");
  CHECK(find_program("sh", "/nonexistent:/bin") == "/bin/sh");
  CHECK(find_program("no-such-program", "/bin:/usr/bin").empty());
  CHECK(find_program("/etc/passwd", "").empty());
}
