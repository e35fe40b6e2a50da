// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "feedgen/base/hash.h"
#include "packager/bundle/verify.h"
#include "packager/cli/commands.h"
#include "packager/cli/load.h"
#include "packager/cli/open.h"

namespace zoo::packager {
namespace {

struct VerifyCommand {
  std::vector<std::string> files;
};

class Verify {
 public:
  Verify(const VerifyCommand& options, Console& console) : options_(options), console_(console) {}

  ExitCode run() {
    for (const std::string& file : options_.files) {
      if (const auto done = one(file); !done) return console_.fail(done.error());
    }
    console_.show(diagnostics_, sources_);
    console_.set("packages", packages_.dump());
    return console_.finish(diagnostics_.has_errors() ? ExitCode::kVerification : ExitCode::kOk);
  }

 private:
  Result<void> one(const std::string& file) {
    const std::size_t before = diagnostics_.errors();
    const auto package = package::open_package(file, sources_, diagnostics_);
    if (!package) return tl::unexpected(package.error());
    if (*package) {
      package::lint(**package, diagnostics_);
      package::check_contents(**package, diagnostics_);
      bundle::verify_bundle(**package, {feed_products}, sources_, diagnostics_);
    }
    const Result<FileHashes> hashes = hash_file(file);
    if (!hashes) return tl::unexpected(hashes.error());
    const bool good = diagnostics_.errors() == before;
    packages_.push_back(
        {{"file", file}, {"ok", good}, {"size", hashes->size}, {"sha1", hashes->sha1}, {"sha256", hashes->sha256}});
    console_.print(fmt::format("{}: {}\n", file, good ? "ok" : "FAILED"));
    return {};
  }

  const VerifyCommand& options_;
  Console& console_;
  SourceSet sources_;
  Diagnostics diagnostics_;
  nlohmann::ordered_json packages_ = nlohmann::ordered_json::array();
};

}  // namespace

Run add_verify(CLI::App& program, Console& console) {
  auto options = std::make_shared<VerifyCommand>();
  CLI::App* command = program.add_subcommand(
      "verify", "Check everything: contents, rules, hashes, closure, module, signatures and feed of a package");
  command->add_option("PACKAGE", options->files, "Packages")->required()->type_name("");
  command->footer("Exit code 4 when something is wrong.");
  return [options, &console] { return Verify(*options, console).run(); };
}

}  // namespace zoo::packager
