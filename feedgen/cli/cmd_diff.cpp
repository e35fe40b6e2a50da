// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "feedgen/catalog/diff.h"
#include "feedgen/cli/commands.h"
#include "feedgen/cli/load.h"
#include "feedgen/feed/diff_text.h"

namespace zoo::cli {
namespace {

struct DiffCommand {
  std::string before, after;
  std::string dist = "dist";
};

ExitCode run_diff(const DiffCommand& options, Console& console) {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto before = load_catalog(options.before, options.dist, sources, diagnostics);
  if (!before) return console.fail(before.error());
  const auto after = load_catalog(options.after, options.dist, sources, diagnostics);
  if (!after) return console.fail(after.error());
  // A feed with findings can still be compared; only one that cannot be read at all cannot.
  if (!*before || !*after) {
    console.show(diagnostics, sources);
    return console.finish(ExitCode::kFindings);
  }
  const catalog::FeedDiff diff = catalog::diff_catalogs(**before, **after);
  console.print(feed::diff_text(diff));
  console.set("diff", feed::diff_json(diff));
  return console.finish(diff.empty() ? ExitCode::kOk : ExitCode::kFindings);
}

}  // namespace

Run add_diff(CLI::App& program, Console& console) {
  auto options = std::make_shared<DiffCommand>();
  CLI::App* command = program.add_subcommand("diff", "Say what changes for a user between two feeds");
  command->add_option("OLD", options->before, "A WebPI feed, or a feed definition")->required()->type_name("");
  command->add_option("NEW", options->after, "A WebPI feed, or a feed definition")->required()->type_name("");
  command->add_option("--dist", options->dist, "With a feed definition: where built files lie")
      ->type_name("DIR")
      ->capture_default_str();
  command->footer("Exit code 0 when nothing changes, 1 when something does.");
  return [options, &console] { return run_diff(*options, console); };
}

}  // namespace zoo::cli
