// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "packager/cli/commands.h"
#include "packager/cli/version.h"
#include "packager/package/package.h"
#include "packager/package/rules.h"

namespace zoo::packager {
namespace {

struct LintCommand {
  std::vector<std::string> files;
  bool strict = false, list_rules = false;
};

ExitCode list_rules(Console& console) {
  std::string text;
  for (const package::RuleInfo& r : package::all_rules()) {
    text += fmt::format("{} {:7} {}\n", r.id, name(r.severity), r.title);
  }
  console.print(text);
  return console.finish(ExitCode::kOk);
}

ExitCode run_lint(const LintCommand& options, Console& console) {
  if (options.list_rules) return list_rules(console);
  if (options.files.empty()) return console.fail({ExitCode::kUsage, "name a package"});
  SourceSet sources;
  Diagnostics diagnostics;
  for (const std::string& file : options.files) {
    const auto package = package::open_package(file, sources, diagnostics);
    if (!package) return console.fail(package.error());
    if (!*package) continue;
    package::lint(**package, diagnostics);
    package::check_contents(**package, diagnostics);
  }
  if (console.options.format == "sarif") {
    diagnostics.sort();
    console.print(to_sarif(diagnostics, sources, "packager", kVersion));
  } else {
    console.show(diagnostics, sources);
    if (diagnostics.errors() == 0 && diagnostics.warnings() == 0) console.status("nothing wrong");
  }
  const bool bad = diagnostics.has_errors() || (options.strict && diagnostics.warnings() != 0);
  return console.finish(bad ? ExitCode::kFindings : ExitCode::kOk);
}

}  // namespace

Run add_lint(CLI::App& program, Console& console) {
  auto options = std::make_shared<LintCommand>();
  CLI::App* command = program.add_subcommand("lint", "Find what Web Deploy would refuse, lose or silently ignore");
  command->add_option("PACKAGE", options->files, "Packages of either flavour, our own or anybody's")->type_name("");
  command->add_flag("--strict", options->strict, "Warnings count as findings too");
  command->add_flag("--list-rules", options->list_rules, "Print every rule and end");
  command->footer("Formats: text, json, sarif. Exit code 1 when an error was found.");
  return [options, &console] { return run_lint(*options, console); };
}

}  // namespace zoo::packager
