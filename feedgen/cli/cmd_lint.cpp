// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "feedgen/base/files.h"
#include "feedgen/catalog/feed_definition.h"
#include "feedgen/catalog/lock_file.h"
#include "feedgen/catalog/manifest_reader.h"
#include "feedgen/catalog/rules/rule.h"
#include "feedgen/cli/commands.h"
#include "feedgen/cli/load.h"
#include "feedgen/cli/version.h"
#include "feedgen/feed/local_files.h"
#include "feedgen/feed/webpi_reader.h"

namespace zoo::cli {
namespace {

using namespace catalog;

struct LintOptions {
  std::vector<std::string> files;
  std::vector<std::string> beside;
  bool primary = false;
  bool strict = false;
  bool list_rules = false;
  std::string with_files;
  std::string base_url;
};

class Lint {
 public:
  Lint(const LintOptions& options, Console& console) : options_(options), console_(console) {}

  ExitCode run() {
    if (options_.list_rules) return list_rules();
    if (options_.files.empty()) return console_.fail({ExitCode::kUsage, "lint needs a file (see feedgen lint --help)"});
    if (const auto usable = check_folder(); !usable) return console_.fail(usable.error());
    Result<std::vector<Catalog>> beside = load_feeds_beside(options_.beside, sources_);
    if (!beside) return console_.fail(beside.error());
    beside_ = std::move(*beside);
    for (const std::string& path : options_.files) {
      if (const Result<void> done = file(path); !done) return console_.fail(done.error());
    }
    check_manifests_together();
    return report();
  }

 private:
  Result<void> check_folder() const {
    if (options_.with_files.empty()) {
      if (options_.base_url.empty()) return {};
      return zoo::fail(ExitCode::kUsage, "--base-url needs --with-files");
    }
    std::error_code error;
    if (std::filesystem::is_directory(options_.with_files, error)) return {};
    return zoo::fail(ExitCode::kIo, fmt::format("{} is no folder", options_.with_files));
  }

  Result<void> file(const std::string& path) {
    const Result<std::shared_ptr<XmlDocument>> document = load_xml(path, sources_, diagnostics_);
    if (!document) return tl::unexpected(document.error());
    if (!*document) return {};
    switch (kind_of(**document)) {
      case FileKind::kManifest:
        read_manifest(*document, manifests_, diagnostics_);
        break;
      case FileKind::kDefinition:
      case FileKind::kFeed:
        return feed_or_definition(path, *document);
      case FileKind::kLock:
        return lock(path);
      case FileKind::kUnknown:
        diagnostics_.error(
            "ZX0107",
            fmt::format("<{}> is no manifest, feed definition, lock or WebPI feed", (*document)->root().name()),
            (*document)->root().pos());
    }
    return {};
  }

  Result<void> feed_or_definition(const std::string& path, const std::shared_ptr<XmlDocument>& document) {
    if (kind_of(*document) == FileKind::kFeed) {
      feed(document);
      return {};
    }
    const std::optional<FeedDefinition> definition = read_definition(document, diagnostics_);
    if (!definition) return {};
    const Result<Catalog> manifests = read_manifests(manifests_folder(*definition, path), sources_, diagnostics_);
    if (!manifests) return tl::unexpected(manifests.error());
    check_definition(*definition, *manifests, diagnostics_);
    return {};
  }

  void feed(const std::shared_ptr<XmlDocument>& document) {
    const std::optional<Catalog> catalog = feed::read_webpi(document, diagnostics_);
    if (!catalog) return;
    const ProductIndex index(*catalog);
    RuleContext context{*catalog, index, {}, options_.primary || !beside_.empty()};
    for (const Catalog& other : beside_) context.beside.push_back(&other);
    check(context, diagnostics_);
    if (options_.with_files.empty()) return;
    feed::check_local_files(*catalog, {options_.with_files, options_.base_url}, sources_, diagnostics_);
  }

  Result<void> lock(const std::string& path) {
    Result<std::string> bytes = read_file(path, kMaxManifestBytes);
    if (!bytes) return tl::unexpected(bytes.error());
    read_lock(path, std::move(*bytes), sources_, diagnostics_);
    return {};
  }

  /// Manifests name each other: one alone cannot be judged on that, several can.
  void check_manifests_together() {
    if (manifests_.products.size() > 1) check_manifests(manifests_, diagnostics_);
  }

  ExitCode report() {
    if (console_.options.format == "sarif") {
      diagnostics_.sort();
      console_.print(to_sarif(diagnostics_, sources_, "feedgen", kVersion));
    } else {
      console_.show(diagnostics_, sources_);
      if (!diagnostics_.has_errors() && diagnostics_.warnings() == 0) console_.status(files_text() + ": nothing wrong");
    }
    const bool bad = diagnostics_.has_errors() || (options_.strict && diagnostics_.warnings() != 0);
    return console_.finish(bad ? ExitCode::kFindings : ExitCode::kOk);
  }

  std::string files_text() const {
    return options_.files.size() == 1 ? options_.files.front() : fmt::format("{} files", options_.files.size());
  }

  ExitCode list_rules() {
    std::string text;
    for (const Rule* rule : all_rules()) {
      text += fmt::format("{} {:7} {}\n", rule->info.id, name(rule->info.severity), rule->info.title);
    }
    console_.print(text);
    return console_.finish(ExitCode::kOk);
  }

  const LintOptions& options_;
  Console& console_;
  SourceSet sources_;
  Diagnostics diagnostics_;
  std::vector<Catalog> beside_;
  Catalog manifests_;
};

}  // namespace

Run add_lint(CLI::App& program, Console& console) {
  auto options = std::make_shared<LintOptions>();
  CLI::App* command =
      program.add_subcommand("lint", "Check manifests, feed definitions, locks and WebPI feeds, our own or anybody's");
  command->add_option("FILE", options->files, "Files to check")->type_name("");
  command->add_option("--beside", options->beside,
                      "A feed that the client has loaded before (the primary feed): names resolve into it");
  command->add_flag("--primary", options->primary,
                    "The feed is to be the primary feed: everything it names must be in it");
  command->add_flag("--strict", options->strict, "Warnings count as findings too");
  command
      ->add_option(
          "--with-files", options->with_files,
          "The folder that is published with the feed: its files must be those that the feed and the page name")
      ->type_name("DIR");
  command
      ->add_option("--base-url", options->base_url,
                   "Where that folder is published: addresses that begin so name files in it")
      ->type_name("URL");
  command->add_flag("--list-rules", options->list_rules, "Print every rule and end");
  command->footer("Formats: text, json, sarif. Exit code 1 when an error was found.");
  return [options, &console] { return Lint(*options, console).run(); };
}

}  // namespace zoo::cli
