// SPDX-License-Identifier: Apache-2.0
#include "feedgen/cli/commands.h"
#include "feedgen/cli/version.h"

namespace zoo::cli {

ExitCode run_program(int argc, const char* const* argv) {
  const Program feedgen{
      "feedgen",
      kVersion,
      "feedgen makes, checks and explains feeds of the Web Platform Installer (WebPI).",
      {{add_build, {}},
       {add_lint, {"sarif"}},
       {add_lock, {}},
       {add_diff, {}},
       {add_plan, {}},
       {add_graph, {"svg", "dot", "mermaid"}},
       {add_fmt, {}},
       {add_mirror, {}},
       {add_publish, {}}},
  };
  return run_program(feedgen, argc, argv);
}

}  // namespace zoo::cli
