// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/bill.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>

#include "feedgen/base/files.h"
#include "packager/bundle/closure.h"
#include "packager/package/zip_archive.h"

namespace zoo::bundle {
namespace {

namespace fs = std::filesystem;
using catalog::Dependency;
using catalog::Product;

constexpr std::uint64_t kMaxFile = 1ULL << 30U;
constexpr std::string_view kZipMagic = "PK", kMsiMagic = "\xD0\xCF\x11\xE0";  // APPNOTE 4.3.7; [MS-CFB] 2.2

FileHashes hashes_of(std::string_view bytes) {
  Hasher hasher;
  hasher.update(bytes.data(), bytes.size());
  return hasher.finish();
}

/// A Debian package's address (the purl specification, type deb): what is no plain character is escaped.
std::string debian_purl(const Library& library) {
  std::string version;
  for (const char c : library.version) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
                       c == '-' || c == '_' || c == '~';
    version += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  std::string name = library.package;
  for (std::size_t at = name.find('+'); at != std::string::npos; at = name.find('+', at)) name.replace(at, 1, "%2B");
  return fmt::format("pkg:deb/debian/{}@{}?distro=debian-12", name, version);
}

class BillMaker {
 public:
  explicit BillMaker(const BillOptions& options) : options_(options), index_(*options.catalog) {}

  Result<Bill> run(const std::string& path) {
    const Result<std::string> bytes = read_file(path, kMaxFile);
    if (!bytes) return tl::unexpected(bytes.error());
    const std::string name = fs::path(path).filename().string();
    const Product* product = product_of(name);
    if (product == nullptr) {
      return fail(ExitCode::kVerification, fmt::format("{}: no product of the manifests has this file", path));
    }
    const auto root = file_part(name, *bytes, *product);
    if (!root) return tl::unexpected(root.error());
    needs(*product);
    return std::move(out_);
  }

 private:
  /// The product that a built file belongs to.
  const Product* product_of(std::string_view name) const {
    for (const Product& product : options_.catalog->products) {
      for (const catalog::Installer& i : product.installers) {
        if (i.file.artifact.filled() && fs::path(i.file.artifact.text).filename().string() == name) return &product;
      }
    }
    return nullptr;
  }

  std::size_t add(BillPart part) {
    out_.parts.push_back(std::move(part));
    return out_.parts.size() - 1;
  }

  static void describe(const Product& product, BillPart& part) {
    part.version = product.version.text;
    part.supplier = product.author_name.text;
    part.url = product.link.text;
    part.licence = product.spdx.text;
    part.licence_name = product.license.text;
  }

  Result<std::size_t> file_part(const std::string& name, std::string_view bytes, const Product& product) {
    BillPart part;
    part.id = name;
    part.name = product.title.text;
    describe(product, part);
    part.hashes = hashes_of(bytes);
    part.measured = true;
    const std::size_t position = add(std::move(part));
    const auto done = bytes.substr(0, kMsiMagic.size()) == kMsiMagic ? msi(position, bytes)
                      : bytes.substr(0, kZipMagic.size()) == kZipMagic
                          ? package(position, bytes)
                          : fail(ExitCode::kVerification, fmt::format("{} is neither a package nor an MSI", name));
    if (!done) return tl::unexpected(done.error());
    return position;
  }

  Result<void> msi(std::size_t position, std::string_view bytes) {
    Result<std::vector<HeldFile>> files = files_of_msi(bytes);
    if (!files) return tl::unexpected(files.error());
    for (const HeldFile& file : *files) linked(position, file);
    out_.parts[position].files = std::move(*files);
    return {};
  }

  Result<void> package(std::size_t position, std::string_view bytes) {
    Diagnostics diagnostics;
    const auto archive = package::ZipArchive::open(std::make_shared<MemorySource>(bytes), {}, diagnostics);
    if (!archive) return fail(ExitCode::kVerification, "the package cannot be read");
    std::vector<const package::ZipEntry*> entries;
    for (const package::ZipEntry& e : archive->entries()) {
      if (!e.is_folder()) entries.push_back(&e);
    }
    std::sort(entries.begin(), entries.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
    for (const package::ZipEntry* entry : entries) {
      const Result<std::string> content = archive->read(*entry, kMaxFile);
      if (!content) return tl::unexpected(content.error());
      out_.parts[position].files.push_back({entry->name, hashes_of(*content), machine_of(*content)});
      if (auto done = inner(position, entry->name, *content); !done) return done;
    }
    return {};
  }

  /// Installers of ours in a package are described with what they hold.
  Result<void> inner(std::size_t position, const std::string& entry, const std::string& content) {
    if (std::string_view(content).substr(0, kMsiMagic.size()) != kMsiMagic) return {};
    const std::string name = fs::path(entry).filename().string();
    const Product* product = product_of(name);
    if (product == nullptr) return {};
    const auto part = file_part(name, content, *product);
    if (!part) return tl::unexpected(part.error());
    out_.links.push_back({BillLink::Kind::kContains, position, *part, {}});
    return {};
  }

  // ---------------------------------------------------------------------------------------------------- libraries

  void linked(std::size_t position, const HeldFile& file) {
    if (file.machine.empty() || options_.libraries == nullptr) return;
    const LinkedProgram* program = options_.libraries->program(file.name, file.machine);
    if (program == nullptr) return;
    for (const std::string& name : program->libraries) {
      out_.links.push_back({BillLink::Kind::kLinked, position, library(*options_.libraries->find(name)), file.name});
    }
  }

  std::size_t library(const Library& library) {
    const auto known = libraries_.find(library.package);
    if (known != libraries_.end()) return known->second;
    BillPart part;
    part.kind = BillPart::Kind::kLibrary;
    part.id = part.name = library.package;
    part.version = library.version;
    part.supplier = "Debian";
    part.licence = library.licence;
    part.purl = debian_purl(library);
    return libraries_[library.package] = add(std::move(part));
  }

  // ----------------------------------------------------------------------------------------------------- products

  void needs(const Product& root) {
    for (const std::string& id : closure_of(*options_.catalog, root)) {
      const Product* product = index_.find(id);
      if (product != nullptr) products_[std::string(product->id.text)] = add(product_part(*product));
    }
    tree(0, root.dependency, false);
    for (const auto& [id, position] : products_) tree(position, index_.find(id)->dependency, false);
    mark_required();
  }

  BillPart product_part(const Product& product) const {
    BillPart part;
    part.kind = BillPart::Kind::kProduct;
    part.id = product.id.text;
    part.name = product.title.text;
    describe(product, part);
    part.required = false;
    for (const catalog::Installer& i : product.installers) {
      if (!i.file.url.filled()) continue;
      part.url = i.file.url.text;
      const catalog::LockEntry* entry = options_.lock->find(i.file.url.text);
      if (entry != nullptr) {
        part.hashes = {entry->sha1, entry->sha256, entry->size};
        part.measured = true;
      } else if (i.file.sha256.filled()) {
        part.hashes.sha256 = i.file.sha256.text;
        part.measured = true;
      }
      break;  // the first, as on a 64-bit machine
    }
    return part;
  }

  void tree(std::size_t from, const Dependency& tree_of, bool alternative) {
    if (tree_of.kind == Dependency::Kind::kProduct) {
      const Product* product = index_.find(tree_of.id.text);
      const auto found = product == nullptr ? products_.end() : products_.find(std::string(product->id.text));
      if (found != products_.end()) {
        out_.links.push_back(
            {alternative ? BillLink::Kind::kMayNeed : BillLink::Kind::kNeeds, from, found->second, {}});
      }
    }
    const bool choice = tree_of.kind == Dependency::Kind::kOr && tree_of.children.size() > 1;
    for (const Dependency& child : tree_of.children) tree(from, child, alternative || choice);
  }

  /// What is needed without a choice, from the root on.
  void mark_required() {
    std::vector<std::size_t> queue = {0};
    for (std::size_t i = 0; i < queue.size(); ++i) {
      for (const BillLink& link : out_.links) {
        if (link.kind != BillLink::Kind::kNeeds || link.from != queue[i] || out_.parts[link.to].required) continue;
        out_.parts[link.to].required = true;
        queue.push_back(link.to);
      }
    }
  }

  const BillOptions& options_;
  catalog::ProductIndex index_;
  Bill out_;
  std::map<std::string, std::size_t> libraries_, products_;
};

}  // namespace

Result<Bill> make_bill(const std::string& path, const BillOptions& options) {
  return BillMaker(options).run(path);
}

std::string uuid_of(std::string_view name) {
  // RFC 9562, appendix: the namespace of URLs, 6ba7b811-9dad-11d1-80b4-00c04fd430c8.
  constexpr std::string_view kUrlNamespace("\x6b\xa7\xb8\x11\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8", 16);
  std::string digits = hashes_of(std::string(kUrlNamespace) + std::string(name)).sha1;
  digits[12] = '5';  // the version
  const char old = digits[16];
  digits[16] = "89ab"[(old >= 'a' ? old - 'a' + 10 : old - '0') % 4];  // the variant: bits 10
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4),
                     digits.substr(16, 4), digits.substr(20, 12));
}

std::string iso_time(std::int64_t epoch) {
  const std::chrono::sys_seconds time{std::chrono::seconds{epoch}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace zoo::bundle
