// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "feedgen/base/authenticode.h"
#include "feedgen/base/hash.h"
#include "feedgen/catalog/manifest_reader.h"
#include "feedgen/catalog/values.h"
#include "packager/bundle/bundle.h"
#include "packager/bundle/msi_files.h"
#include "packager/package/names.h"
#include "packager/package/rules.h"

namespace zoo::bundle {
namespace {

using package::Package;
using package::ZipEntry;

constexpr std::string_view kModuleProduct = "HeliconZooModule";  ///< hosting-panel: panels know it by this id.
constexpr std::size_t kHashDigits = 64, kNameInSums = 66;  ///< A line of sha256sum: the hash, two blanks, the name.
constexpr std::uint64_t kMaxFile = 512ULL << 20U;          ///< Of a file under zoo/, in memory for its signature.

class Verifier {
 public:
  Verifier(const Package& package, const VerifyOptions& options, SourceSet& sources, Diagnostics& diagnostics)
      : package_(package), options_(options), sources_(sources), diagnostics_(diagnostics) {}

  void run() {
    collect();
    if (files_.empty()) return;
    check_sums();
    check_manifests();
    check_module();
    check_feed();
    check_staging();
  }

 private:
  void add(std::string_view id, std::string message) { package::report(diagnostics_, id, std::move(message)); }

  void collect() {
    const std::string prefix = fmt::format("{}/", kZooFolder);
    for (const ZipEntry& e : package_.archive->entries()) {
      if (!e.is_folder() && e.name.substr(0, prefix.size()) == prefix) files_[e.name.substr(prefix.size())] = &e;
    }
  }

  Result<std::string> content(const std::string& name) const {
    return package_.archive->read(*files_.at(name), kMaxFile);
  }

  void check_sums() {
    std::map<std::string, std::string> sums;
    // Kept: the lines are views into it.
    const Result<std::string> text =
        files_.count(std::string(kSums)) != 0 ? content(std::string(kSums)) : Result<std::string>();
    if (!text) return;  // ZP0114 has told it
    for (const std::string_view line : catalog::split(*text, '\n')) {
      if (line.size() > kNameInSums) sums.emplace(line.substr(kNameInSums), line.substr(0, kHashDigits));
    }
    for (const auto& [name, hash] : sums) {
      if (files_.count(name) == 0) add("ZP0502", fmt::format("zoo/{} is missing", name));
    }
    for (const auto& [name, entry] : files_) {
      if (name != kSums) check_sum(name, *entry, sums);
    }
  }

  void check_sum(const std::string& name, const ZipEntry& entry, const std::map<std::string, std::string>& sums) {
    const auto wanted = sums.find(name);
    if (wanted == sums.end()) return add("ZP0502", fmt::format("zoo/{} is not in SHA256SUMS", name));
    Hasher hasher;
    const auto done = package_.archive->read(entry, [&](std::string_view piece) {
      hasher.update(piece.data(), piece.size());
      return true;
    });
    if (!done || hasher.finish().sha256 != wanted->second) {
      add("ZP0501", fmt::format("zoo/{} has another SHA-256", name));
    }
  }

  void check_manifests() {
    for (const auto& [name, entry] : files_) {
      if (name.substr(0, 10) != "manifests/" || name == "manifests/lock.xml" || package::parent_of(name) != "manifests")
        continue;
      Result<std::string> text = content(name);
      if (!text) continue;  // ZP0114 has told it
      const auto document =
          XmlDocument::parse(package_.path + "/zoo/" + name, std::move(*text), sources_, diagnostics_);
      if (document) catalog::read_manifest(document, catalog_, diagnostics_);
    }
    const catalog::ProductIndex index(catalog_);
    for (const catalog::Product& product : catalog_.products) check_tree(index, product, product.dependency);
  }

  void check_tree(const catalog::ProductIndex& index, const catalog::Product& product,
                  const catalog::Dependency& tree) {
    if (tree.kind == catalog::Dependency::Kind::kProduct && index.find(tree.id.text) == nullptr) {
      package::report(diagnostics_, "ZP0503",
                      fmt::format("{} needs {}, which is not here", product.id.text, tree.id.text), tree.id.pos);
    }
    for (const catalog::Dependency& child : tree.children) check_tree(index, product, child);
  }

  /// Installers that the manifests name as built here.
  void check_module() {
    for (const catalog::Product& product : catalog_.products) {
      for (const catalog::Installer& i : product.installers) {
        if (!i.file.artifact.filled()) continue;
        const std::string name(i.file.artifact.text);
        if (files_.count(name) == 0) {
          add("ZP0504", fmt::format("zoo/{} is missing", name));
          continue;
        }
        check_signature(name);
        if (catalog::same_id(product.id.text, kModuleProduct)) check_identity(name, i.architectures);
      }
    }
  }

  /// An installer of the module holds the module, each DLL for the machine that its name tells, and the workers.
  void check_identity(const std::string& name, const catalog::Architectures& architectures) {
    const auto bytes = content(name);
    if (!bytes) return;  // ZP0114 has told it
    const Result<std::vector<HeldFile>> files = files_of_msi(*bytes);
    if (!files) return add("ZP0509", fmt::format("zoo/{}: {}", name, files.error().message));
    const auto machine = [&](std::string_view wanted) -> std::optional<std::string> {
      const auto found =
          std::find_if(files->begin(), files->end(), [&](const HeldFile& f) { return f.name == wanted; });
      return found == files->end() ? std::nullopt : std::optional(found->machine);
    };
    for (const catalog::Field& architecture : architectures.names) {
      const std::string dll = fmt::format("HeliconZoo_{}.dll", architecture.text);
      const auto found = machine(dll);
      if (!found) {
        add("ZP0509", fmt::format("zoo/{} does not hold {}", name, dll));
      } else if (*found != architecture.text) {
        add("ZP0509", fmt::format("zoo/{}: {} is no program for {}", name, dll, architecture.text));
      }
    }
    for (const std::string_view file : {"zoosetup.exe", "zoofcgi.py", "zoorack.rb", "zoofcgi.pl"}) {
      if (!machine(file)) add("ZP0509", fmt::format("zoo/{} does not hold {}", name, file));
    }
  }

  void check_signature(const std::string& name) {
    const auto bytes = content(name);
    if (!bytes) return;
    const Signature signature = read_signature_of(*bytes);
    if (signature.state == Signature::State::kDamaged) {
      add("ZP0505", fmt::format("zoo/{}: {}", name, signature.reason));
    } else if (signature.state != Signature::State::kSigned) {
      add("ZP0506", fmt::format("zoo/{} is {}", name, zoo::name(signature.state)));
    }
  }

  void check_feed() {
    if (files_.count("feed.xml") == 0) return add("ZP0507", "zoo/feed.xml is missing");
    Result<std::string> text = content("feed.xml");
    if (!text || !options_.feed_products) return;
    const auto document = XmlDocument::parse(package_.path + "/zoo/feed.xml", std::move(*text), sources_, diagnostics_);
    if (!document) return add("ZP0507", "zoo/feed.xml is no XML");
    const std::vector<std::string> ids = options_.feed_products(document, diagnostics_);
    if (ids.empty()) add("ZP0507", "zoo/feed.xml has no products");
    const catalog::ProductIndex index(catalog_);
    for (const std::string& id : ids) {
      if (index.find(id) == nullptr) add("ZP0507", fmt::format("zoo/feed.xml has {}, which is not in the closure", id));
    }
  }

  void check_staging() {
    for (const package::StagedFile& f : package_.staged) {
      if (f.entry->name.substr(0, kZooFolder.size() + 1) != fmt::format("{}/", kZooFolder)) continue;
      add("ZP0508", fmt::format("{} is installed by {} {}", f.entry->name, f.provider->name, f.provider->path));
      return;
    }
  }

  const Package& package_;
  const VerifyOptions& options_;
  SourceSet& sources_;
  Diagnostics& diagnostics_;
  std::map<std::string, const ZipEntry*> files_;
  catalog::Catalog catalog_;
};

}  // namespace

void verify_bundle(const Package& package, const VerifyOptions& options, SourceSet& sources, Diagnostics& diagnostics) {
  Verifier(package, options, sources, diagnostics).run();
}

}  // namespace zoo::bundle
