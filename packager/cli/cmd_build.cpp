// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "feedgen/base/files.h"
#include "feedgen/base/hash.h"
#include "feedgen/base/progress.h"
#include "packager/bundle/bundle.h"
#include "packager/cli/commands.h"
#include "packager/cli/load.h"
#include "packager/package/package.h"
#include "packager/package/rules.h"

namespace zoo::packager {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Values that the cache keeps: some builds of all packages at both levels.
constexpr std::size_t kKeptValues = 64;

struct BuildCommand {
  std::vector<std::string> ids;
  bool all = false, release = false, without_module = false;
  std::string output, manifests = "manifests", dist = "dist", previous, cache;
  unsigned threads = 0;
};

class Build {
 public:
  Build(const BuildCommand& options, Console& console)
      : options_(options),
        console_(console),
        disk_(options.cache),
        compressed_(options.cache.empty() ? nullptr : &disk_),
        progress_(console.progress()) {}

  ExitCode run() {
    const Result<std::int64_t> epoch = source_date_epoch();
    if (!epoch) return console_.fail(epoch.error());
    epoch_ = *epoch;
    auto loaded = load_manifests(options_.manifests, sources_, diagnostics_);
    if (!loaded) return console_.fail(loaded.error());
    if (!*loaded) return finish();
    manifests_ = std::move(**loaded);
    const Result<std::vector<const catalog::Product*>> products = chosen();
    if (!products) return console_.fail(products.error());
    const InterruptScope scope(cancellation_);
    progress_.expect(products->size());
    for (const catalog::Product* product : *products) {
      if (const auto done = one(*product); !done) return console_.fail(done.error());
    }
    if (!options_.cache.empty()) disk_.prune(kKeptValues);
    return finish();
  }

 private:
  Result<std::vector<const catalog::Product*>> chosen() const {
    std::vector<const catalog::Product*> all = bundle::packaged_products(manifests_.catalog);
    if (options_.all) return all;
    const catalog::ProductIndex index(manifests_.catalog);
    std::vector<const catalog::Product*> out;
    for (const std::string& id : options_.ids) {
      const catalog::Product* product = index.find(id);
      if (product == nullptr) return fail(ExitCode::kUsage, fmt::format("there is no product {}", id));
      out.push_back(product);
    }
    if (out.empty()) return fail(ExitCode::kUsage, "name products, or give --all");
    return out;
  }

  std::string output() const { return options_.output.empty() ? options_.dist + "/packages" : options_.output; }

  /// Nothing is written for a product with findings; the others are built all the same.
  Result<void> one(const catalog::Product& product) {
    Diagnostics problems;
    const std::string name(product.id.text);
    const bundle::BundleOptions options{
        options_.manifests, options_.dist, options_.without_module,
        [&](const std::vector<std::string>& ids) { return offline_feed(manifests_, options_.dist, name, ids); }};
    Result<std::optional<bundle::Bundle>> made =
        bundle::make_bundle(manifests_.catalog, manifests_.lock, product, options, problems);
    if (!made) return tl::unexpected(made.error());
    if (*made && package::check_items((*made)->items, problems)) {
      if (auto done = write(product, std::move(**made), problems); !done) return done;
    }
    for (const Diagnostic& d : problems.items()) diagnostics_.add(d);
    return {};
  }

  Result<void> write(const catalog::Product& product, bundle::Bundle bundle, Diagnostics& problems) {
    const std::string path = (fs::path(output()) / bundle.file_name).string();
    const auto earlier = earlier_files(bundle.file_name);
    if (!earlier) return tl::unexpected(earlier.error());
    Progress::Item item = progress_.begin(bundle.file_name);
    const package::ZipOptions zip{options_.release ? package::Level::kRelease : package::Level::kDefault,
                                  options_.threads,
                                  epoch_,
                                  &compressed_,
                                  &*earlier,
                                  &cancellation_,
                                  &item};
    Made made;
    if (auto done = make(std::move(bundle.items), zip, made); !done) return done;
    const std::string& bytes = made.bytes;
    // What was made is read again and judged as anybody's package is.
    const auto package = package::read_package(path, std::make_shared<MemorySource>(bytes), sources_, problems);
    if (package) package::lint(*package, problems);
    if (problems.has_errors()) return {};
    if (auto done = write_file(path, bytes); !done) return done;
    const std::string settings = fs::path(path).replace_extension().string() + std::string(bundle::kSettingsSuffix);
    if (auto done = write_file(settings, bundle.settings); !done) return done;
    item.finish(bytes_text(bytes.size()));
    report(product, path, made);
    return {};
  }

  struct Made {
    std::string bytes;
    package::ZipSummary summary;
    bool reused = false;
  };

  /// The package, from the cache when an earlier run made it from the same inputs.
  Result<void> make(std::vector<package::ZipItem> items, const package::ZipOptions& zip, Made& out) {
    std::string key;
    if (!options_.cache.empty()) {
      Result<std::string> whole = package::zip_key(items, zip);
      if (!whole) return tl::unexpected(whole.error());
      key = std::move(*whole);
      if (std::optional<std::string> kept = disk_.get(key)) {
        out.bytes = std::move(*kept);
        out.reused = true;
        return {};
      }
    }
    Result<std::string> bytes = package::make_zip(std::move(items), zip, &out.summary);
    if (!bytes) return tl::unexpected(bytes.error());
    out.bytes = std::move(*bytes);
    return options_.cache.empty() ? Result<void>() : disk_.put(key, out.bytes);
  }

  Result<std::vector<package::EarlierFile>> earlier_files(const std::string& file_name) {
    std::vector<package::EarlierFile> out;
    if (options_.previous.empty()) return out;
    const std::string path =
        fs::is_directory(options_.previous) ? (fs::path(options_.previous) / file_name).string() : options_.previous;
    if (!fs::exists(path)) return out;
    SourceSet sources;
    Diagnostics ignored;
    const auto package = package::open_package(path, sources, ignored);
    if (!package) return tl::unexpected(package.error());
    if (!*package) return fail(ExitCode::kVerification, fmt::format("{} is no package", path));
    for (const package::ZipEntry& e : (*package)->archive->entries()) out.push_back({e.name, e.size, e.crc, e.time});
    return out;
  }

  void report(const catalog::Product& product, const std::string& path, const Made& made) {
    Hasher hasher;
    hasher.update(made.bytes.data(), made.bytes.size());
    const FileHashes hashes = hasher.finish();
    packages_.push_back({{"product", product.id.text},
                         {"file", path},
                         {"size", hashes.size},
                         {"sha1", hashes.sha1},
                         {"sha256", hashes.sha256},
                         {"reused", made.reused}});
    if (made.reused) {
      console_.print(fmt::format("{}: unchanged, {} bytes\n", path, hashes.size));
      return;
    }
    packages_.back()["files"] = made.summary.files;
    packages_.back()["folders"] = made.summary.folders;
    packages_.back()["contentSize"] = made.summary.content_bytes;
    console_.print(fmt::format("{}: {} files, {} bytes\n", path, made.summary.files, hashes.size));
  }

  ExitCode finish() {
    console_.show(diagnostics_, sources_);
    console_.set("packages", packages_.dump());
    return console_.finish(diagnostics_.has_errors() ? ExitCode::kFindings : ExitCode::kOk);
  }

  const BuildCommand& options_;
  Console& console_;
  SourceSet sources_;
  Diagnostics diagnostics_;
  Cancellation cancellation_;
  Manifests manifests_;
  package::DiskCache disk_;
  package::CompressionCache compressed_;
  Progress progress_;
  std::int64_t epoch_ = 0;
  Json packages_ = Json::array();
};

}  // namespace

Run add_build(CLI::App& program, Console& console) {
  auto options = std::make_shared<BuildCommand>();
  CLI::App* command = program.add_subcommand("build", "Make Web Deploy packages of products with an application");
  command->add_option("ID", options->ids, "Products, e.g. BlankDjangoProject")->type_name("");
  command->add_flag("--all", options->all, "Every product that has an application");
  command->add_option("-o,--output", options->output, "Folder to write to; without it, packages in the --dist folder")
      ->type_name("DIR");
  command->add_option("--manifests", options->manifests, "Folder of the manifests, with apps/ in it")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_option("--dist", options->dist, "Folder with the built installers (installers/*.msi)")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_flag("--release", options->release, "Smallest packages; takes several times as long");
  command->add_flag("--without-module", options->without_module, "Leave the module's installers out, for tests");
  command
      ->add_option("--previous", options->previous,
                   "An earlier package, or a folder of them: changed files get other times than there")
      ->type_name("PATH");
  command
      ->add_option("--cache", options->cache,
                   "Folder that keeps packages by the hash of all their inputs: what has not changed is not made again")
      ->type_name("DIR");
  command->add_option("--threads", options->threads, "Threads that compress; 0: one a core")->capture_default_str();
  return [options, &console] { return Build(*options, console).run(); };
}

}  // namespace zoo::packager
