// SPDX-License-Identifier: Apache-2.0
#include "packager/cli/commands.h"
#include "packager/cli/version.h"

namespace zoo::packager {

ExitCode run_program(int argc, const char* const* argv) {
  const cli::Program packager{
      "packager",
      kVersion,
      "packager makes, checks, tries and applies Web Deploy packages, on any machine.",
      {{add_build, {}},
       {add_inspect, {}},
       {add_verify, {}},
       {add_lint, {"sarif"}},
       {add_diff, {}},
       {add_deploy, {}},
       {add_try, {}},
       {add_convert, {}},
       {add_sbom, {}}},
  };
  return cli::run_program(packager, argc, argv);
}

}  // namespace zoo::packager
