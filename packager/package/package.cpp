// SPDX-License-Identifier: Apache-2.0
#include "packager/package/package.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>

#include "packager/package/names.h"
#include "packager/package/rules.h"

namespace zoo::package {
namespace {

constexpr std::uint64_t kMaxPart = 4ULL << 20U;  ///< manifest.xml, parameters.xml and the like

std::string backslashes(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '/', '\\');
  while (!out.empty() && out.back() == '\\') out.pop_back();
  return out;
}

/// The part of `name` below `folder`, without case; nothing when it is not below.
std::optional<std::string_view> below(std::string_view name, const std::string& folder_folded) {
  if (folder_folded.empty()) return name;
  // Folding keeps the number of separators but not always of bytes: cut by parts.
  std::size_t parts = static_cast<std::size_t>(std::count(folder_folded.begin(), folder_folded.end(), '/')) + 1;
  std::size_t at = 0;
  while (parts > 0) {
    const std::size_t slash = name.find('/', at);
    if (slash == std::string_view::npos) return std::nullopt;
    at = slash + 1;
    --parts;
  }
  if (folded_name(name.substr(0, at)) != folder_folded) return std::nullopt;
  return name.substr(at);
}

void collect(const Provider& provider, std::vector<const Provider*>& out) {
  out.push_back(&provider);
  for (const Provider& child : provider.children) collect(child, out);
}

}  // namespace

/// Builds a Package step by step.
class PackageOpener {
 public:
  PackageOpener(SourceSet& sources, Diagnostics& diagnostics) : sources_(sources), diagnostics_(diagnostics) {}

  std::unique_ptr<Package> run(std::string path, std::shared_ptr<const ByteSource> bytes) {
    package_ = std::make_unique<Package>();
    package_->path = std::move(path);
    package_->archive = ZipArchive::open(std::move(bytes), {}, diagnostics_);
    if (!package_->archive) return nullptr;
    index();
    find_flavour();
    read_parts();
    if (package_->flavour == Flavour::kArchive) check_folders();
    stage();
    return std::move(package_);
  }

 private:
  void index() {
    for (const ZipEntry& e : package_->archive->entries()) {
      package_->by_name_[folded_name(e.name)] = &e;
      if (e.is_folder()) package_->folders_[folded_name(e.name)] = true;
      for (std::string_view f = parent_of(e.name); !f.empty(); f = parent_of(f)) {
        if (!package_->folders_.try_emplace(folded_name(f), false).second) break;
      }
    }
  }

  void find_flavour() {
    const bool archive = package_->find("archive.xml") != nullptr, gallery = package_->find("manifest.xml") != nullptr;
    package_->flavour = archive ? Flavour::kArchive : gallery ? Flavour::kGallery : Flavour::kNone;
    const bool system = package_->find("systemInfo.xml") != nullptr;
    const bool parameters = package_->find("parameters.xml") != nullptr;
    if (archive && gallery) report(diagnostics_, "ZP0203", "archive.xml and manifest.xml both lie at the root");
    if (package_->flavour == Flavour::kNone) no_flavour();
    if (archive && !system) report(diagnostics_, "ZP0202", "systemInfo.xml is missing");
    if (package_->flavour == Flavour::kGallery && !parameters) {
      report(diagnostics_, "ZP0204", "parameters.xml is missing");
    }
    if (package_->flavour == Flavour::kGallery && !system) {
      report(diagnostics_, "ZP0205", "systemInfo.xml is missing");
    }
  }

  void no_flavour() {
    std::string where;
    for (const ZipEntry& e : package_->archive->entries()) {
      const std::string folded = folded_name(e.name);
      const std::size_t slash = folded.rfind('/');
      const std::string base = slash == std::string::npos ? folded : folded.substr(slash + 1);
      if (base == "MANIFEST.XML" || base == "ARCHIVE.XML") where = to_utf8(e.name);
    }
    report(diagnostics_, "ZP0201",
           where.empty() ? "neither archive.xml nor manifest.xml is in the package"
                         : fmt::format("{} is not at the root: the package is wrapped in a folder", where));
  }

  std::shared_ptr<XmlDocument> part(std::string_view name) {
    const ZipEntry* entry = package_->find(name);
    if (entry == nullptr || entry->is_folder()) return nullptr;
    Result<std::string> bytes = package_->archive->read(*entry, kMaxPart);
    if (!bytes) {
      report(diagnostics_, "ZP0114", bytes.error().message);
      return nullptr;
    }
    return XmlDocument::parse(package_->path + "/" + to_utf8(entry->name), std::move(*bytes), sources_, diagnostics_);
  }

  void read_parts() {
    if (package_->flavour != Flavour::kNone) {
      const auto document = part(package_->flavour == Flavour::kArchive ? "archive.xml" : "manifest.xml");
      if (document) package_->manifest = read_manifest(*document, package_->flavour);
    }
    if (const auto document = part("parameters.xml")) {
      package_->parameters = read_parameters(*document, diagnostics_);
    }
    if (const auto document = part("systemInfo.xml")) check_system_info(*document);
  }

  void check_system_info(const XmlDocument& document) {
    const XmlNode root = document.root();
    const XmlAttribute first = root.first_attribute();
    if (!first && !root.first_child()) return;
    const std::string seen =
        first ? fmt::format("\"{}\"", first.name()) : fmt::format("<{}>", root.first_child().name());
    report(diagnostics_, "ZP0206", fmt::format("systemInfo.xml has {}", seen), root.pos());
  }

  void check_folders() {
    std::vector<std::string> missing;
    for (const auto& [folder, has_entry] : package_->folders_) {
      if (!has_entry && folder.substr(0, 8) == "CONTENT/") missing.push_back(folder);
    }
    std::sort(missing.begin(), missing.end());
    // The drive and what stands above the content has no entry in the real tool's packages either.
    for (const std::string& folder : missing) {
      if (is_content_folder(folder)) report(diagnostics_, "ZP0119", fmt::format("{}/ has no entry", folder));
    }
  }

  bool is_content_folder(const std::string& folder) const {
    for (const Provider* p : package_->all_providers()) {
      if (!p->is("dirPath") && !p->is("contentPath")) continue;
      const std::string root = folded_name(folder_in_package(p->path, Flavour::kArchive));
      if (folder == root || folder.substr(0, root.size() + 1) == root + "/") return true;
    }
    return false;
  }

  void stage() {
    for (const Provider& p : package_->manifest.providers) stage_provider(p);
  }

  void stage_provider(const Provider& p) {
    const ProviderInfo* info = find_provider(p.name);
    if (info == nullptr) return;
    if (p.is("alias")) {
      stage_tree(p, folder_in_package(p.setting("from"), package_->flavour), std::string(p.setting("to")));
    } else if (info->database || !p.stream.empty()) {
      stage_script(p);
    } else if (info->content) {
      stage_tree(p, folder_in_package(p.path, package_->flavour), p.path);
    }
  }

  void stage_script(const Provider& p) {
    const ZipEntry* entry = package_->find(folder_in_package(p.path, package_->flavour));
    for (const Provider& child : p.children) {
      if (!child.stream.empty()) entry = package_->find(child.stream);
    }
    if (!p.stream.empty()) entry = package_->find(p.stream);
    if (entry != nullptr) package_->staged.push_back({entry, &p, backslashes(p.path), ""});
  }

  void stage_tree(const Provider& p, const std::string& folder, const std::string& shown) {
    if (const ZipEntry* file = package_->find(folder); file != nullptr && !file->is_folder()) {
      package_->staged.push_back({file, &p, backslashes(shown), ""});
      return;
    }
    const std::string folded = folded_name(folder);
    const std::string prefix = shown == "." || shown.empty() ? std::string() : backslashes(shown) + "\\";
    for (const ZipEntry& e : package_->archive->entries()) {
      if (package_->find(e.name) != &e || judge_name(e.name)) continue;
      const auto rest = below(e.name, folded);
      if (!rest || rest->empty()) continue;
      package_->staged.push_back({&e, &p, prefix + backslashes(*rest), std::string(*rest)});
    }
  }

  SourceSet& sources_;
  Diagnostics& diagnostics_;
  std::unique_ptr<Package> package_;
};

const ZipEntry* Package::find(std::string_view name) const {
  const auto found = by_name_.find(folded_name(name));
  return found == by_name_.end() ? nullptr : found->second;
}

bool Package::has_folder(std::string_view name) const {
  return name.empty() || folders_.count(folded_name(name)) != 0;
}

std::vector<const Provider*> Package::all_providers() const {
  std::vector<const Provider*> out;
  for (const Provider& p : manifest.providers) collect(p, out);
  return out;
}

std::unique_ptr<Package> read_package(std::string path, std::shared_ptr<const ByteSource> bytes, SourceSet& sources,
                                      Diagnostics& diagnostics) {
  return PackageOpener(sources, diagnostics).run(std::move(path), std::move(bytes));
}

Result<std::unique_ptr<Package>> open_package(const std::string& path, SourceSet& sources, Diagnostics& diagnostics) {
  errno = 0;
  auto source = std::make_shared<FileSource>(path);
  if (!source->is_open()) {
    const char* reason = errno != 0 ? std::strerror(errno) : "it is no file; a package is a .zip file";
    return fail(ExitCode::kIo, fmt::format("cannot open {}: {}", path, reason));
  }
  return read_package(path, std::move(source), sources, diagnostics);
}

void check_contents(const Package& package, Diagnostics& diagnostics) {
  const auto& entries = package.archive->entries();
  std::vector<std::string> problems(entries.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < entries.size(); i = next++) {
      const auto done = package.archive->read(entries[i], [](std::string_view) { return true; });
      if (!done) problems[i] = done.error().message;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < std::max(1U, std::thread::hardware_concurrency()); ++i) threads.emplace_back(work);
    work();
  }
  for (const std::string& problem : problems) {
    if (!problem.empty()) report(diagnostics, "ZP0114", problem);
  }
}

}  // namespace zoo::package
