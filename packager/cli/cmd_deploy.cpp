// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "packager/cli/assignments.h"
#include "packager/cli/commands.h"
#include "packager/cli/open.h"
#include "packager/deploy/deploy.h"

namespace zoo::packager {
namespace {

using Json = nlohmann::ordered_json;

struct DeployCommand {
  std::string file, folder;
  std::vector<std::string> set;
  bool do_not_delete = false, dry_run = false;
};

std::string text_of(const deploy::Report& report, bool dry_run) {
  std::string out;
  for (const deploy::Step& s : report.steps) {
    out += fmt::format("{} {}{}{}{}\n", s.provider, s.path, s.detail.empty() ? "" : ": ", s.detail,
                       s.done ? "" : " (on the server)");
  }
  if (dry_run) return out + "nothing was written\n";
  return out + fmt::format("{} added, {} updated, {} unchanged, {} deleted\n", report.added, report.updated,
                           report.unchanged, report.deleted);
}

Json json_of(const deploy::Report& report) {
  Json steps = Json::array();
  for (const deploy::Step& s : report.steps) {
    steps.push_back({{"provider", s.provider},
                     {"path", s.path},
                     {"destination", s.destination},
                     {"done", s.done},
                     {"detail", s.detail}});
  }
  return {{"steps", std::move(steps)},     {"added", report.added},     {"updated", report.updated},
          {"unchanged", report.unchanged}, {"deleted", report.deleted}, {"changedByParameters", report.changed}};
}

ExitCode run_deploy(const DeployCommand& options, Console& console) {
  const auto set = assignments(options.set);
  if (!set) return console.fail(set.error());
  const auto opened = open(options.file);
  if (!opened) return console.fail(opened.error());
  Diagnostics& diagnostics = (*opened)->diagnostics;
  Cancellation cancellation;
  const InterruptScope scope(cancellation);
  std::optional<deploy::Report> report;
  if ((*opened)->package && !diagnostics.has_errors()) {
    auto done =
        deploy::deploy(*(*opened)->package,
                       {options.folder, *set, options.do_not_delete, options.dry_run, &cancellation}, diagnostics);
    if (!done) return console.fail(done.error());
    report = std::move(*done);
  }
  console.show(diagnostics, (*opened)->sources);
  if (!report) {
    console.status("nothing was written");
    return console.finish(ExitCode::kFindings);
  }
  console.print(text_of(*report, options.dry_run));
  console.set("deployment", json_of(*report).dump(-1, ' ', false, Json::error_handler_t::replace));
  return console.finish(ExitCode::kOk);
}

}  // namespace

Result<std::vector<deploy::Assignment>> assignments(const std::vector<std::string>& texts) {
  std::vector<deploy::Assignment> out;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      return fail(ExitCode::kUsage, fmt::format("--set takes NAME=VALUE, not \"{}\"", text));
    }
    out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

Run add_deploy(CLI::App& program, Console& console) {
  auto options = std::make_shared<DeployCommand>();
  CLI::App* command = program.add_subcommand("deploy", "Apply a package to a folder, as Web Deploy does to a site");
  command->add_option("PACKAGE", options->file, "A package of either flavour")->required()->type_name("");
  command->add_option("DIR", options->folder, "The site's folder")->required()->type_name("");
  command->add_option("--set", options->set, "A parameter of the package; may be repeated")->type_name("NAME=VALUE");
  command->add_flag("--do-not-delete", options->do_not_delete, "Keep files that the package does not have");
  command->add_flag("-n,--dry-run", options->dry_run, "Judge parameters and tell the steps, write nothing");
  command->footer("Files in DIR that the package does not have are deleted, as Web Deploy does.");
  return [options, &console] { return run_deploy(*options, console); };
}

}  // namespace zoo::packager
