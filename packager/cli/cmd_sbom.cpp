// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "feedgen/base/files.h"
#include "packager/bundle/bill.h"
#include "packager/cli/commands.h"
#include "packager/cli/load.h"
#include "packager/cli/version.h"

namespace zoo::packager {
namespace {

struct SbomCommand {
  std::vector<std::string> files;
  std::string output, manifests = "manifests", libraries;
};

class Sbom {
 public:
  Sbom(const SbomCommand& options, Console& console) : options_(options), console_(console) {}

  ExitCode run() {
    const Result<std::int64_t> epoch = source_date_epoch();
    if (!epoch) return console_.fail(epoch.error());
    text_ = {*epoch, "packager", std::string(kVersion)};
    const auto loaded = load_manifests(options_.manifests, sources_, diagnostics_);
    if (!loaded) return console_.fail(loaded.error());
    console_.show(diagnostics_, sources_);
    if (!*loaded) return console_.finish(ExitCode::kFindings);
    bundle::Libraries libraries;
    if (const auto done = read(libraries); !done) return console_.fail(done.error());
    const bundle::BillOptions bill{&(*loaded)->catalog, &(*loaded)->lock,
                                   options_.libraries.empty() ? nullptr : &libraries};
    for (const std::string& file : options_.files) {
      if (const auto done = one(file, bill); !done) return console_.fail(done.error());
    }
    console_.set("bills", bills_.dump());
    return console_.finish(ExitCode::kOk);
  }

 private:
  Result<void> read(bundle::Libraries& out) const {
    if (options_.libraries.empty()) return {};
    const Result<std::string> text = read_file(options_.libraries, kMaxManifestBytes);
    if (!text) return tl::unexpected(text.error());
    Result<bundle::Libraries> libraries = bundle::read_libraries(options_.libraries, *text);
    if (!libraries) return tl::unexpected(libraries.error());
    out = std::move(*libraries);
    return {};
  }

  Result<void> one(const std::string& file, const bundle::BillOptions& options) {
    const Result<bundle::Bill> bill = bundle::make_bill(file, options);
    if (!bill) return tl::unexpected(bill.error());
    const std::filesystem::path path(file);
    const std::string folder = options_.output.empty() ? path.parent_path().string() : options_.output;
    const std::string start = (std::filesystem::path(folder) / path.filename()).string();
    const std::string spdx = start + ".spdx.json", cyclonedx = start + ".cdx.json";
    if (auto done = write_file(spdx, bundle::spdx_text(*bill, text_)); !done) return done;
    if (auto done = write_file(cyclonedx, bundle::cyclonedx_text(*bill, text_)); !done) return done;
    bills_.push_back({{"file", file}, {"spdx", spdx}, {"cyclonedx", cyclonedx}, {"parts", bill->parts.size()}});
    console_.print(fmt::format("{}: {} parts, {} files\n{}: the same\n", spdx, bill->parts.size(),
                               bill->parts.front().files.size(), cyclonedx));
    return {};
  }

  const SbomCommand& options_;
  Console& console_;
  SourceSet sources_;
  Diagnostics diagnostics_;
  bundle::BillText text_;
  nlohmann::ordered_json bills_ = nlohmann::ordered_json::array();
};

}  // namespace

Run add_sbom(CLI::App& program, Console& console) {
  auto options = std::make_shared<SbomCommand>();
  CLI::App* command =
      program.add_subcommand("sbom", "Write bills of material (SPDX and CycloneDX) of packages and installers");
  command->add_option("FILE", options->files, "Packages and MSIs that were built of the manifests")
      ->required()
      ->type_name("");
  command->add_option("-o,--output", options->output, "Folder to write to; without it, beside each file")
      ->type_name("DIR");
  command->add_option("--manifests", options->manifests, "Folder of the manifests")
      ->type_name("DIR")
      ->capture_default_str();
  command
      ->add_option("--libraries", options->libraries,
                   "What scripts/libraries.sh found in the programs for Windows; without it nothing is said of that")
      ->type_name("FILE");
  return [options, &console] { return Sbom(*options, console).run(); };
}

}  // namespace zoo::packager
