// SPDX-License-Identifier: Apache-2.0
#include "packager/package/diff.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "packager/cli/commands.h"

namespace zoo::packager {
namespace {

struct DiffCommand {
  std::string before, after;
};

std::string text_of(const package::PackageDiff& diff) {
  std::string out;
  for (const std::string& p : diff.providers) out += fmt::format("manifest: {}\n", p);
  for (const std::string& p : diff.parameters) out += fmt::format("parameter: {}\n", p);
  for (const std::string& f : diff.added) out += fmt::format("+ {}\n", f);
  for (const std::string& f : diff.removed) out += fmt::format("- {}\n", f);
  for (const std::string& f : diff.changed) out += fmt::format("~ {}\n", f);
  return out.empty() ? "no difference\n" : out;
}

ExitCode run_diff(const DiffCommand& options, Console& console) {
  SourceSet sources;
  Diagnostics found, diagnostics;  // what is wrong with the packages themselves is lint's matter
  const auto before = package::open_package(options.before, sources, found);
  if (!before) return console.fail(before.error());
  const auto after = package::open_package(options.after, sources, found);
  if (!after) return console.fail(after.error());
  if (!*before || !*after) {
    console.show(found, sources);
    return console.finish(ExitCode::kFindings);
  }
  const package::PackageDiff diff = package::diff(**before, **after, diagnostics);
  console.show(diagnostics, sources);
  console.print(text_of(diff));
  const nlohmann::ordered_json json = {{"added", diff.added},
                                       {"removed", diff.removed},
                                       {"changed", diff.changed},
                                       {"parameters", diff.parameters},
                                       {"providers", diff.providers}};
  console.set("diff", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return console.finish(diff.empty() ? ExitCode::kOk : ExitCode::kFindings);
}

}  // namespace

Run add_diff(CLI::App& program, Console& console) {
  auto options = std::make_shared<DiffCommand>();
  CLI::App* command = program.add_subcommand("diff", "Say what changes for a server between two packages");
  command->add_option("OLD", options->before, "A package")->required()->type_name("");
  command->add_option("NEW", options->after, "A package")->required()->type_name("");
  command->footer("Exit code 0 when nothing changes, 1 when something does.");
  return [options, &console] { return run_diff(*options, console); };
}

}  // namespace zoo::packager
