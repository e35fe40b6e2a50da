// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "feedgen/catalog/beside.h"
#include "feedgen/catalog/machine.h"
#include "feedgen/catalog/resolver.h"
#include "feedgen/cli/commands.h"
#include "feedgen/cli/load.h"
#include "feedgen/feed/plan_text.h"

namespace zoo::cli {
namespace {

struct PlanCommand {
  std::string feed;
  std::vector<std::string> ids;
  std::vector<std::string> beside;
  catalog::MachineOptions machine;
  std::string dist = "dist";
};

ExitCode run_plan(const PlanCommand& options, Console& console) {
  SourceSet sources;
  Diagnostics diagnostics;
  Result<std::optional<catalog::Catalog>> feed = load_catalog(options.feed, options.dist, sources, diagnostics);
  if (!feed) return console.fail(feed.error());
  // What the client would reject gives no plan; what lint would only warn of is not this command's matter.
  if (!*feed || diagnostics.has_errors()) {
    console.show(diagnostics, sources);
    return console.finish(ExitCode::kFindings);
  }
  const Result<std::vector<catalog::Catalog>> beside = load_feeds_beside(options.beside, sources);
  if (!beside) return console.fail(beside.error());
  std::vector<const catalog::Catalog*> others;
  for (const catalog::Catalog& other : *beside) others.push_back(&other);
  const catalog::Catalog all = catalog::load_beside(std::move(**feed), others);
  const Result<catalog::Machine> machine = catalog::parse_machine(options.machine);
  if (!machine) return console.fail(machine.error());
  const Result<catalog::Plan> plan = catalog::make_plan(all, options.ids, *machine);
  if (!plan) return console.fail(plan.error());
  console.print(feed::plan_text(*plan));
  console.set("plan", feed::plan_json(*plan));
  return console.finish(ExitCode::kOk);
}

}  // namespace

Run add_plan(CLI::App& program, Console& console) {
  auto options = std::make_shared<PlanCommand>();
  CLI::App* command =
      program.add_subcommand("plan", "Show what the client would install for a product, in order, and why");
  command->add_option("FEED", options->feed, "A WebPI feed, or a feed definition")->required()->type_name("");
  command->add_option("ID", options->ids, "Products to install")->required()->type_name("");
  command->add_option("--os", options->machine.os, "Windows version: 6.1 (7, 2008 R2) to 10.0 (10, 11, 2016 and later)")
      ->type_name("VERSION");
  command->add_option("--arch", options->machine.arch, "x64 or x86")->type_name("ARCH");
  command->add_option("--type", options->machine.type, "Windows edition: Server, Client, ServerCore, ...")
      ->type_name("TYPE");
  command->add_option("--language", options->machine.language, "Language of the installers")->type_name("ID");
  command->add_option("--installed", options->machine.installed, "Products that are there already")
      ->type_name("ID,ID...");
  command
      ->add_option("--beside", options->beside,
                   "A feed that the client has loaded before (the primary feed): names resolve into it")
      ->type_name("FEED");
  command->add_option("--dist", options->dist, "With a feed definition: where built files lie")
      ->type_name("DIR")
      ->capture_default_str();
  return [options, &console] { return run_plan(*options, console); };
}

}  // namespace zoo::cli
