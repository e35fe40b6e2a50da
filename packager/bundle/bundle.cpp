// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "feedgen/base/files.h"
#include "feedgen/base/hash.h"
#include "packager/bundle/closure.h"
#include "packager/bundle/content.h"
#include "packager/bundle/install_script.h"
#include "packager/bundle/settings.h"
#include "packager/package/rules.h"

namespace zoo::bundle {
namespace {

namespace fs = std::filesystem;
using catalog::Product;
using package::bytes_item;
using package::ZipItem;

/// The file of the product's package, or null.
const catalog::Installer* package_installer(const Product& product) {
  for (const catalog::Installer& i : product.installers) {
    if (i.ms_deploy.present() && i.file.artifact.filled()) return &i;
  }
  return nullptr;
}

class BundleMaker {
 public:
  BundleMaker(const catalog::Catalog& catalog, const catalog::LockFile& lock, const Product& product,
              const BundleOptions& options, Diagnostics& diagnostics)
      : catalog_(catalog),
        lock_(lock),
        product_(product),
        options_(options),
        diagnostics_(diagnostics),
        index_(catalog) {}

  Result<std::optional<Bundle>> run() {
    const std::size_t before = diagnostics_.errors();
    const catalog::Installer* installer = package_installer(product_);
    const fs::path folder = fs::path(options_.manifests_folder) / "apps" / std::string(product_.id.text);
    if (installer == nullptr || !fs::is_directory(folder)) {
      refuse("ZP0601", installer == nullptr ? "it has no Web Deploy installer that is built here"
                                            : fmt::format("{} is missing", folder.string()));
      return std::optional<Bundle>();
    }
    out_.file_name = fs::path(installer->file.artifact.text).filename().string();
    out_.closure = closure_of(catalog_, product_);
    if (const auto done = application(folder.string(), installer->ms_deploy.database); !done)
      return tl::unexpected(done.error());
    if (const auto done = zoo(); !done) return tl::unexpected(done.error());
    if (diagnostics_.errors() != before) return std::optional<Bundle>();
    return std::optional<Bundle>(std::move(out_));
  }

 private:
  void refuse(std::string_view id, const std::string& message) {
    package::report(diagnostics_, id, fmt::format("{}: {}", product_.id.text, message), product_.pos);
  }

  Result<void> application(const std::string& folder, const catalog::Database& database) {
    const std::string name(product_.id.text);
    Result<Content> content = collect_content(folder, name, diagnostics_);
    if (!content) return tl::unexpected(content.error());
    ApplicationFiles files{name, {}, {}, content->writable};
    if (database.present()) {
      Result<std::vector<Script>> scripts = take_scripts(database, name, *content, diagnostics_);
      if (!scripts) return tl::unexpected(scripts.error());
      files.database = &database;
      files.scripts = std::move(*scripts);
    }
    for (const auto& [file, text] : {std::pair{"settings.ini", &files.settings}, {"web.config", &files.web_config}}) {
      const std::string path = (fs::path(folder) / file).string();
      if (!fs::exists(path)) continue;
      Result<std::string> bytes = read_file(path, kMaxManifestBytes);
      if (!bytes) return tl::unexpected(bytes.error());
      *text = std::move(*bytes);
    }
    const Setup setup = make_setup(product_, files, diagnostics_);
    out_.settings = package::write_set_parameters(setup.parameters);
    out_.items = std::move(content->items);
    for (Script& script : files.scripts) out_.items.push_back(bytes_item(script.name, std::move(script.text)));
    out_.items.push_back(bytes_item("manifest.xml", package::write_manifest(setup.providers)));
    out_.items.push_back(bytes_item("parameters.xml", package::write_parameters(setup.parameters)));
    out_.items.push_back(bytes_item("systemInfo.xml", "<systemInfo/>\n"));
    return {};
  }

  Result<void> zoo() {
    if (auto done = module_files(); !done) return done;
    if (auto done = manifests(); !done) return done;
    put("README.txt", readme(product_, !options_.without_module));
    put("install.cmd", install_cmd());
    put("install.ps1", install_ps1());
    put("steps.json", install_steps(catalog_, product_));
    if (options_.offline_feed) {
      Result<std::string> feed = options_.offline_feed(out_.closure);
      if (!feed) return tl::unexpected(feed.error());
      put("feed.xml", std::move(*feed));
    }
    return sums();
  }

  void put(const std::string& name, std::string bytes) { zoo_.push_back(bytes_item(name, std::move(bytes))); }

  /// The installers that are built here, of all products of the closure.
  Result<void> module_files() {
    for (const std::string& id : out_.closure) {
      const Product* product = index_.find(id);
      if (product == nullptr) continue;
      for (const catalog::Installer& i : product->installers) {
        if (i.file.artifact.filled()) module_file(std::string(i.file.artifact.text));
      }
    }
    if (options_.without_module) {
      package::report(diagnostics_, "ZP0604", fmt::format("{}: built without the module", product_.id.text));
    }
    return {};
  }

  void module_file(const std::string& artifact) {
    if (options_.without_module) return;
    const std::string path = (fs::path(options_.dist) / artifact).string();
    if (!fs::is_regular_file(path)) return refuse("ZP0603", fmt::format("{} is missing", path));
    ZipItem item = package::file_item(artifact, path);
    item.shared = true;
    zoo_.push_back(std::move(item));
  }

  Result<void> manifests() {
    catalog::LockFile lock;
    for (const std::string& id : out_.closure) {
      const Product* product = index_.find(id);
      if (product == nullptr) {
        refuse("ZP0503", fmt::format("it needs {}, which has no manifest", id));
        continue;
      }
      const std::string path = (fs::path(options_.manifests_folder) / (id + ".xml")).string();
      Result<std::string> bytes = read_file(path, kMaxManifestBytes);
      if (!bytes) return tl::unexpected(bytes.error());
      put("manifests/" + id + ".xml", std::move(*bytes));
      for (const catalog::Installer& i : product->installers) {
        const catalog::LockEntry* entry = lock_.find(i.file.url.text);
        if (entry != nullptr) lock.entries.emplace(i.file.url.text, *entry);
      }
    }
    put("manifests/lock.xml", catalog::write_lock(lock));
    return {};
  }

  /// SHA256SUMS in the form of sha256sum, and everything goes below zoo/.
  Result<void> sums() {
    std::map<std::string, std::string> hashes;
    for (const ZipItem& item : zoo_) {
      if (item.path.empty()) {
        Hasher hasher;
        hasher.update(item.bytes->data(), item.bytes->size());
        hashes[item.name] = hasher.finish().sha256;
      } else {
        const Result<FileHashes> measured = hash_file(item.path);
        if (!measured) return tl::unexpected(measured.error());
        hashes[item.name] = measured->sha256;
      }
    }
    std::string text;
    for (const auto& [name, hash] : hashes) text += fmt::format("{}  {}\n", hash, name);
    put(std::string(kSums), std::move(text));
    for (ZipItem& item : zoo_) {
      item.name = fmt::format("{}/{}", kZooFolder, item.name);
      out_.items.push_back(std::move(item));
    }
    return {};
  }

  const catalog::Catalog& catalog_;
  const catalog::LockFile& lock_;
  const Product& product_;
  const BundleOptions& options_;
  Diagnostics& diagnostics_;
  catalog::ProductIndex index_;
  Bundle out_;
  std::vector<ZipItem> zoo_;
};

}  // namespace

std::vector<const Product*> packaged_products(const catalog::Catalog& catalog) {
  std::vector<const Product*> out;
  for (const Product& product : catalog.products) {
    if (package_installer(product) != nullptr) out.push_back(&product);
  }
  return out;
}

Result<std::optional<Bundle>> make_bundle(const catalog::Catalog& catalog, const catalog::LockFile& lock,
                                          const Product& product, const BundleOptions& options,
                                          Diagnostics& diagnostics) {
  return BundleMaker(catalog, lock, product, options, diagnostics).run();
}

}  // namespace zoo::bundle
