// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "feedgen/base/http_fields.h"
#include "feedgen/base/interrupt.h"
#include "feedgen/base/progress.h"
#include "feedgen/catalog/rules/rule.h"
#include "feedgen/cli/commands.h"
#include "feedgen/cli/load.h"
#include "feedgen/cli/version.h"
#include "feedgen/feed/mirror.h"

namespace zoo::cli {
namespace {

struct MirrorCommand {
  std::string feed, folder, base_url;
  std::vector<std::string> ids;
  bool partial = false;
  unsigned jobs = 4;
};

/// The feed, when the client loads it: a mirror of another one is of no use.
Result<std::optional<catalog::Catalog>> load_sound_feed(const std::string& path, SourceSet& sources,
                                                        Diagnostics& diagnostics) {
  Result<std::optional<catalog::Catalog>> feed = load_feed(path, sources, diagnostics);
  if (!feed || !*feed) return feed;
  const catalog::ProductIndex index(**feed);
  catalog::check({**feed, index, {}, false, nullptr}, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    if (diagnostic.severity == Severity::kError && diagnostic.effect == Effect::kRejects)
      return std::optional<catalog::Catalog>();
  }
  return feed;
}

Result<std::string> checked_base_url(std::string url) {
  if (url.empty()) return url;
  const std::string scheme = url_scheme(url);
  if (scheme != "http" && scheme != "https" && scheme != "file")
    return fail(ExitCode::kUsage, fmt::format("--base-url {} is no http, https or file URL", shown_url(url)));
  if (url.back() != '/') url += '/';
  return url;
}

ExitCode run_mirror(const MirrorCommand& options, Console& console) {
  feed::MirrorOptions how;
  Result<std::string> base_url = checked_base_url(options.base_url);
  if (!base_url) return console.fail(base_url.error());
  how.base_url = std::move(*base_url);
  SourceSet sources;
  Diagnostics diagnostics;
  Result<std::optional<catalog::Catalog>> loaded = load_sound_feed(options.feed, sources, diagnostics);
  if (!loaded) return console.fail(loaded.error());
  if (!*loaded) {
    console.show(diagnostics, sources);
    return console.finish(ExitCode::kFindings);
  }
  Cancellation cancellation;
  const InterruptScope interrupt(cancellation);
  Progress progress(console.progress());
  how.folder = options.folder;
  how.feed_path = options.feed;
  how.ids = options.ids;
  how.partial = options.partial;
  how.fetch.parallel = options.jobs;
  how.fetch.progress = &progress;
  how.fetch.cancellation = &cancellation;
  how.fetch.user_agent = fmt::format("zoo-feedgen/{}", kVersion);
  const Result<feed::MirrorReport> report = feed::mirror(std::move(**loaded), how);
  if (!report) return console.fail(report.error());
  console.print(feed::mirror_text(*report, console.options.verbose));
  console.set("mirror", feed::mirror_json(*report));
  return console.finish(report->exit_code());
}

}  // namespace

Run add_mirror(CLI::App& program, Console& console) {
  auto options = std::make_shared<MirrorCommand>();
  CLI::App* command =
      program.add_subcommand("mirror", "Download the installers of a feed and write a feed that names the copies");
  command->add_option("FEED", options->feed, "A WebPI feed")->required()->type_name("");
  command->add_option("ID", options->ids, "Products to mirror, with all that they need (default: all)")->type_name("");
  command->add_option("-o,--output", options->folder, "The mirror's folder")->required()->type_name("DIR");
  command
      ->add_option("--base-url", options->base_url, "Where the folder will be published (default: relative addresses)")
      ->type_name("URL");
  command->add_flag("--partial", options->partial, "Write the feed without what cannot be had");
  command->add_option("-j,--jobs", options->jobs, "Downloads at the same time")
      ->type_name("N")
      ->check(CLI::Range(1, 32))
      ->capture_default_str();
  command->footer("A file that is not the one that the feed means is not taken; exit code 4. Interrupted, it goes on.");
  return [options, &console] { return run_mirror(*options, console); };
}

}  // namespace zoo::cli
