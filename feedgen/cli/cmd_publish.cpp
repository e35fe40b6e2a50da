// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "feedgen/cli/commands.h"
#include "feedgen/cli/version.h"
#include "feedgen/publish/publish.h"

namespace zoo::cli {
namespace {

struct PublishCommand {
  std::string folder, target;
  bool remove_old = false, dry = false;
  unsigned attempts = 3;
};

/// Secrets come from the environment: a command line is seen by every user of a machine.
std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// The variables that Amazon's own programs read.
publish::S3Access s3_access() {
  std::string region = from_environment("AWS_REGION");
  if (region.empty()) region = from_environment("AWS_DEFAULT_REGION");
  std::string endpoint = from_environment("AWS_ENDPOINT_URL_S3");
  if (endpoint.empty()) endpoint = from_environment("AWS_ENDPOINT_URL");
  return {std::move(endpoint), std::move(region), from_environment("AWS_ACCESS_KEY_ID"),
          from_environment("AWS_SECRET_ACCESS_KEY"), from_environment("AWS_SESSION_TOKEN")};
}

ExitCode run_publish(const PublishCommand& options, Console& console) {
  publish::HttpAccess access{from_environment("ZOO_PUBLISH_USER"), from_environment("ZOO_PUBLISH_TOKEN"),
                             options.attempts, fmt::format("feedgen/{}", kVersion), s3_access()};
  const auto storage = publish::open_storage(options.target, access);
  if (!storage) return console.fail(storage.error());
  Cancellation cancellation;
  const InterruptScope scope(cancellation);
  publish::PublishOptions how{
      options.remove_old, options.dry, &cancellation,
      [&](std::string_view what, const std::string& name) { console.status(fmt::format("{} {}", what, name)); }};
  const Result<publish::PublishReport> report = publish::publish(options.folder, **storage, how);
  if (!report) return console.fail(report.error());
  console.set("written", nlohmann::json(report->written).dump());
  console.set("removed", nlohmann::json(report->removed).dump());
  console.set("unchanged", std::to_string(report->unchanged));
  console.print(fmt::format("{} written, {} unchanged, {} removed{}\n", report->written.size(), report->unchanged,
                            report->removed.size(), options.dry ? " (nothing was done)" : ""));
  return console.finish(ExitCode::kOk);
}

}  // namespace

Run add_publish(CLI::App& program, Console& console) {
  auto options = std::make_shared<PublishCommand>();
  CLI::App* command =
      program.add_subcommand("publish", "Copy a built folder to where it is read: payload first, feed last");
  command->add_option("DIR", options->folder, "The folder, e.g. dist")->required()->type_name("");
  command
      ->add_option("TARGET", options->target,
                   "A folder, or a URL: file://, http:// or https:// with PUT, s3://BUCKET/PREFIX")
      ->required()
      ->type_name("");
  command->add_flag("--delete", options->remove_old, "Remove files of an earlier publication that are no more");
  command->add_flag("--dry-run", options->dry, "Tell what would be done and do nothing");
  command->add_option("--attempts", options->attempts, "How often a failed transfer is tried")->capture_default_str();
  command->footer(
      "ZOO_PUBLISH_USER (name:password) or ZOO_PUBLISH_TOKEN give access to a server, AWS_ACCESS_KEY_ID and\n"
      "AWS_SECRET_ACCESS_KEY with AWS_REGION and AWS_ENDPOINT_URL to a bucket.");
  return [options, &console] { return run_publish(*options, console); };
}

}  // namespace zoo::cli
