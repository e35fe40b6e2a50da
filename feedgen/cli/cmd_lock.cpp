// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "feedgen/base/interrupt.h"
#include "feedgen/base/progress.h"
#include "feedgen/catalog/locker.h"
#include "feedgen/catalog/values.h"
#include "feedgen/cli/commands.h"
#include "feedgen/cli/load.h"
#include "feedgen/cli/version.h"

namespace zoo::cli {
namespace {

using namespace catalog;

struct LockCommand {
  std::vector<std::string> ids;
  std::string definition = "feeds/zoo.xml";
  std::string cache;
  bool check = false;
  unsigned jobs = 4;
};

bool wanted(const LockCommand& options, const Product& product) {
  return options.ids.empty() || std::any_of(options.ids.begin(), options.ids.end(),
                                            [&](const std::string& id) { return same_id(id, product.id.text); });
}

LockTarget target_of(const Product& product, const InstallerFile& file) {
  LockTarget target;
  target.url = file.url.text;
  target.product_id = product.id.text;
  if (file.size.present()) target.size = parse_unsigned(file.size.text);
  target.sha1 = file.sha1.text;
  target.sha256 = file.sha256.text;
  target.signature = file.signature.present();
  target.signer = file.signer.text;
  return target;
}

void add_targets(const LockCommand& options, const Catalog& manifests, LockRequest& request) {
  for (const Product& product : manifests.products) {
    for (const Installer& installer : product.installers) {
      if (!installer.file.url.filled()) continue;
      request.used_urls.emplace(installer.file.url.text);
      if (wanted(options, product)) request.targets.push_back(target_of(product, installer.file));
    }
  }
}

/// An id that no manifest has, if there is one.
const std::string* unknown_id(const LockCommand& options, const Catalog& manifests) {
  const ProductIndex index(manifests);
  const auto found = std::find_if(options.ids.begin(), options.ids.end(),
                                  [&](const std::string& id) { return index.find(id) == nullptr; });
  return found == options.ids.end() ? nullptr : &*found;
}

ExitCode run_lock_command(const LockCommand& options, Console& console) {
  SourceSet sources;
  Diagnostics diagnostics;
  Result<std::optional<Workspace>> workspace = load_workspace(options.definition, sources, diagnostics);
  if (!workspace) return console.fail(workspace.error());
  console.show(diagnostics, sources);
  if (!*workspace) return console.finish(ExitCode::kFindings);
  if (const std::string* id = unknown_id(options, (*workspace)->manifests)) {
    return console.fail({ExitCode::kUsage, fmt::format("no manifest describes the product \"{}\"", *id)});
  }
  Cancellation cancellation;
  const InterruptScope interrupt(cancellation);
  Progress progress(console.progress());
  LockRequest request;
  request.lock = std::move((*workspace)->lock);
  request.lock_path = (*workspace)->lock_path;
  request.check = options.check;
  request.cache_folder = options.cache;
  request.fetch.parallel = options.jobs;
  request.fetch.progress = &progress;
  request.fetch.cancellation = &cancellation;
  request.fetch.user_agent = fmt::format("zoo-feedgen/{}", kVersion);
  add_targets(options, (*workspace)->manifests, request);
  const Result<LockReport> report = run_lock(request);
  if (!report) return console.fail(report.error());
  console.print(lock_report_text(*report, console.options.verbose));
  console.set("lock", lock_report_json(*report));
  return console.finish(report->exit_code());
}

}  // namespace

Run add_lock(CLI::App& program, Console& console) {
  auto options = std::make_shared<LockCommand>();
  CLI::App* command =
      program.add_subcommand("lock", "Download the installers' files and record their sizes and hashes");
  command->add_option("ID", options->ids, "Products to measure (default: all)")->type_name("");
  command->add_flag("--check", options->check, "Only verify what is locked; write nothing");
  command->add_option("--feed", options->definition, "The feed definition whose manifests are meant")
      ->type_name("FILE")
      ->capture_default_str();
  command->add_option("--cache", options->cache, "Folder for downloads (default: the user's cache folder)")
      ->type_name("DIR");
  command->add_option("-j,--jobs", options->jobs, "Downloads at the same time")
      ->type_name("N")
      ->check(CLI::Range(1, 32))
      ->capture_default_str();
  command->footer("A file that does not match what its manifest says is not recorded; exit code 4.");
  return [options, &console] { return run_lock_command(*options, console); };
}

}  // namespace zoo::cli
