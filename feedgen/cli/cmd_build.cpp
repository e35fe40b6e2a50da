// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "feedgen/base/files.h"
#include "feedgen/catalog/rules/rule.h"
#include "feedgen/catalog/values.h"
#include "feedgen/cli/commands.h"
#include "feedgen/cli/load.h"
#include "feedgen/cli/page.h"
#include "feedgen/feed/feed_builder.h"
#include "feedgen/feed/webpi_reader.h"
#include "feedgen/feed/webpi_writer.h"

namespace zoo::cli {
namespace {

using namespace catalog;
namespace fs = std::filesystem;

struct BuildCommand {
  std::string definition;
  std::string base_url;
  std::string output = "dist";
  bool locked = false;
};

/// The feed's date: SOURCE_DATE_EPOCH (reproducible-builds.org), else none, never the clock.
Result<std::string> updated_text() {
  const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
  if (epoch == nullptr || *epoch == '\0') return std::string();
  const auto seconds = parse_unsigned(epoch);
  constexpr std::uint64_t kYear9999 = 253402300799ULL;
  if (!seconds || *seconds > kYear9999) {
    return fail(ExitCode::kUsage, fmt::format("SOURCE_DATE_EPOCH is no time in seconds: {}", epoch));
  }
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(*seconds)));
}

class Build {
 public:
  Build(const BuildCommand& options, Console& console) : options_(options), console_(console) {}

  ExitCode run() {
    if (!options_.base_url.empty() && (!is_absolute_url(options_.base_url) || options_.base_url.back() != '/')) {
      return console_.fail({ExitCode::kUsage, "--base-url must be an absolute URL that ends with a slash"});
    }
    const Result<std::string> updated = updated_text();
    if (!updated) return console_.fail(updated.error());
    const Result<std::optional<Workspace>> workspace = load_workspace(options_.definition, sources_, diagnostics_);
    if (!workspace) return console_.fail(workspace.error());
    if (!*workspace) return refused();
    const feed::FeedBuild build =
        feed::build_feed((*workspace)->definition, (*workspace)->manifests, (*workspace)->lock,
                         {options_.output, options_.base_url, *updated, options_.locked}, diagnostics_);
    const std::string text = feed::write_webpi(build.catalog);
    if (!diagnostics_.has_errors()) judge(text);
    if (diagnostics_.has_errors()) return refused();
    console_.show(diagnostics_, sources_);
    return write(build, text, **workspace);
  }

 private:
  /// What was written is read again as the client would, as a primary feed.
  void judge(const std::string& text) {
    const auto document =
        XmlDocument::parse((fs::path(options_.output) / "feed.xml").string(), text, sources_, diagnostics_);
    if (!document) return;
    const std::optional<Catalog> again = feed::read_webpi(document, diagnostics_);
    if (!again) return;
    const ProductIndex index(*again);
    check({*again, index, {}, true}, diagnostics_);
  }

  ExitCode refused() {
    console_.show(diagnostics_, sources_);
    console_.status("nothing was written");
    return console_.finish(ExitCode::kFindings);
  }

  ExitCode write(const feed::FeedBuild& build, const std::string& text, const Workspace& workspace) {
    const fs::path output(options_.output);
    const std::string base =
        options_.base_url.empty() ? std::string(workspace.definition.base_url.text) : options_.base_url;
    std::vector<std::string> written;
    const auto put = [&](const std::string& name, std::string_view content) {
      written.push_back(name);
      return write_file((output / name).string(), content);
    };
    for (const std::string& icon : build.icons) {
      const Result<std::string> bytes =
          read_file((fs::path(workspace.manifests_folder) / icon).string(), kMaxManifestBytes);
      if (!bytes) return console_.fail(bytes.error());
      if (const auto done = put(icon, *bytes); !done) return console_.fail(done.error());
    }
    if (const auto done = put("index.html", page_of(build, base, options_.output)); !done)
      return console_.fail(done.error());
    // The feed last: who reads the folder meanwhile never sees a feed that names files that are not there yet.
    if (const auto done = put("feed.xml", text); !done) return console_.fail(done.error());
    report(build, written);
    return console_.finish(ExitCode::kOk);
  }

  void report(const feed::FeedBuild& build, const std::vector<std::string>& written) {
    nlohmann::ordered_json left_out = nlohmann::ordered_json::array();
    for (const feed::LeftOut& l : build.left_out) {
      left_out.push_back({{"product", l.product_id}, {"installer", l.installer_id}, {"reason", l.reason}});
    }
    console_.set("products", std::to_string(build.catalog.products.size()));
    console_.set("leftOut", left_out.dump());
    console_.set("files", nlohmann::json(written).dump());
    console_.print(fmt::format("{}: {} products, {} left out, {} icons\n",
                               (fs::path(options_.output) / "feed.xml").string(), build.catalog.products.size(),
                               build.left_out.size(), build.icons.size()));
  }

  const BuildCommand& options_;
  Console& console_;
  SourceSet sources_;
  Diagnostics diagnostics_;
};

}  // namespace

Run add_build(CLI::App& program, Console& console) {
  auto options = std::make_shared<BuildCommand>();
  CLI::App* command = program.add_subcommand("build", "Make feed.xml, index.html and icons from a feed definition");
  command->add_option("DEFINITION", options->definition, "The feed definition, e.g. feeds/zoo.xml")
      ->required()
      ->type_name("");
  command
      ->add_option(
          "--base-url", options->base_url,
          "Where the output will be published (ends with a slash); without it, files are named relative to the feed")
      ->type_name("URL");
  command
      ->add_option("-o,--output", options->output,
                   "Folder to write to; built packages and installers are looked for there too")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_flag("--locked", options->locked, "Refuse downloads that the lock does not hold");
  return [options, &console] { return Build(*options, console).run(); };
}

}  // namespace zoo::cli
