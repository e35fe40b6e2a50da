// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/mirror.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "feedgen/base/authenticode.h"
#include "feedgen/base/files.h"
#include "feedgen/base/http_fields.h"
#include "feedgen/catalog/download_cache.h"
#include "feedgen/feed/mirror_names.h"
#include "feedgen/feed/webpi_writer.h"

namespace zoo::feed {
namespace {

namespace fs = std::filesystem;
using catalog::Catalog;
using catalog::Command;
using catalog::Dependency;
using catalog::DownloadCache;
using catalog::folded;
using catalog::Installer;
using catalog::InstallerFile;
using catalog::Product;
using catalog::trimmed;
using Status = MirrorFile::Status;

constexpr std::string_view kFeeds = "feeds/latest/";
constexpr std::string_view kState = ".mirror";  ///< Downloads on their way, and what servers said of them.
constexpr std::uint64_t kKibibyte = 1024;
constexpr std::uint64_t kMaxIcon = 4ULL << 20U;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

bool is_web(std::string_view url) {
  const std::string scheme = url_scheme(url);
  return scheme == "http" || scheme == "https";
}

std::string first_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string out(4, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

// ---------------------------------------------------------------------------------------------- which products

/// The closure of products over everything that their dependencies name, other branches of `or` too.
class Closure {
 public:
  explicit Closure(const Catalog& feed) : index_(feed) {
    for (const auto& shared : feed.dependencies) shared_.emplace(shared.id.text, &shared.value);
  }

  void add(const Product& product) {
    if (!products_.insert(folded(product.id.text)).second) return;
    waiting_.push_back(&product.dependency);
    while (!waiting_.empty()) {
      const Dependency* tree = waiting_.front();
      waiting_.pop_front();
      visit(*tree);
    }
  }

  const Product* find(std::string_view id) const { return index_.find(id); }
  bool has_product(std::string_view id) const { return products_.count(folded(id)) != 0; }
  bool has_shared(std::string_view id) const { return seen_shared_.count(id) != 0; }

 private:
  void visit(const Dependency& tree) {
    for (const Dependency& child : tree.children) waiting_.push_back(&child);
    if (tree.kind == Dependency::Kind::kProduct) {
      const Product* product = index_.find(tree.id.text);
      if (product != nullptr && products_.insert(folded(product->id.text)).second)
        waiting_.push_back(&product->dependency);
    } else if (tree.kind == Dependency::Kind::kReference) {
      const auto found = shared_.find(tree.id.text);
      if (found != shared_.end() && seen_shared_.insert(found->first).second) waiting_.push_back(found->second);
    }
  }

  catalog::ProductIndex index_;
  std::map<std::string_view, const Dependency*> shared_;
  std::set<std::string> products_;  ///< folded
  std::set<std::string_view> seen_shared_;
  std::deque<const Dependency*> waiting_;
};

/// Leaves the products named and what they need, and nothing that refers to others.
Result<void> keep_only(Catalog& feed, const std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  Closure closure(feed);
  for (const std::string& id : ids) {
    const Product* product = closure.find(id);
    if (product == nullptr) return fail(ExitCode::kUsage, fmt::format("the feed has no product '{}'", id));
    closure.add(*product);
  }
  const auto gone = [&](const catalog::Field& id) { return !closure.has_product(id.text); };
  std::vector<Product> kept;
  for (Product& product : feed.products) {
    if (!closure.has_product(product.id.text)) continue;
    std::erase_if(product.updates, gone);
    kept.push_back(std::move(product));
  }
  feed.products = std::move(kept);
  std::erase_if(feed.dependencies, [&](const auto& shared) { return !closure.has_shared(shared.id.text); });
  return {};
}

// ------------------------------------------------------------------------------------------------- their files

/// One installer's file on its way. The product and the installer are in the catalogue of the new feed.
struct Work {
  Product* product = nullptr;
  Installer* installer = nullptr;
  std::string source;  ///< The cache's copy, or a file beside the feed.
  std::string final_url;
  MirrorFile file;
};

class Mirror {
 public:
  Mirror(Catalog& feed, const MirrorOptions& options)
      : feed_(feed), options_(options), root_(options.folder), cache_((root_ / kState).string()) {}

  Result<MirrorReport> run() {
    if (const auto named = check_names(); !named) return tl::unexpected(named.error());
    collect();
    have_all();
    for (Work& work : works_) place(work);
    const bool complete = std::all_of(works_.begin(), works_.end(), [](const Work& w) { return !w.file.path.empty(); });
    const bool stopped = options_.fetch.cancellation != nullptr && options_.fetch.cancellation->requested();
    if (!stopped && (complete || options_.partial)) {
      take_icons();
      rewrite();
      if (const auto written = write(); !written) return tl::unexpected(written.error());
    }
    for (Work& work : works_) report_.files.push_back(std::move(work.file));
    return std::move(report_);
  }

 private:
  Result<void> check_names() const {
    for (const Product& product : feed_.products) {
      if (!is_plain_file_name(product.id.text))
        return fail(ExitCode::kFindings,
                    fmt::format("the product id \"{}\" cannot be the name of a folder", shown_url(product.id.text)));
    }
    return {};
  }

  void collect() {
    for (Product& product : feed_.products) {
      if (std::any_of(product.installers.begin(), product.installers.end(), names_address))
        report_.online.emplace_back(product.id.text);
      if (product.offline_exclude.present()) {
        report_.not_offline.emplace_back(product.id.text);
        product.installers.clear();
      }
      for (Installer& installer : product.installers) {
        if (installer.file.present()) works_.push_back(work_of(product, installer));
      }
    }
  }

  static bool names_address(const Installer& installer) {
    const auto named = [](const Command& command) {
      const auto has = [](std::string_view text) {
        return text.find("http://") != std::string_view::npos || text.find("https://") != std::string_view::npos;
      };
      return has(command.exe.text) || has(command.arguments.text);
    };
    return std::any_of(installer.commands.begin(), installer.commands.end(), named);
  }

  static Work work_of(Product& product, Installer& installer) {
    Work work{&product, &installer, {}, {}, {}};
    work.file.product_id = product.id.text;
    work.file.installer_id = trimmed(installer.id.text);
    const std::string_view url = trimmed(installer.file.url.text);
    work.file.url = url.empty() ? trimmed(installer.file.relative_url.text) : url;
    return work;
  }

  static void set_failed(Work& work, ExitCode code, std::string message) {
    work.file.status = Status::kFailed;
    work.file.error = {code, std::move(message)};
  }

  /// Gets every file that can be had to where it can be placed from.
  void have_all() {
    std::vector<FetchRequest> requests;
    std::vector<std::vector<Work*>> waiting;
    std::map<std::string, std::size_t> by_url;
    for (Work& work : works_) {
      if (trimmed(work.installer->file.url.text).empty()) {
        have_beside(work);
      } else if (!is_web(work.file.url)) {
        set_failed(work, ExitCode::kIo, fmt::format("{} is no web address", shown_url(work.file.url)));
      } else if (const auto [known, added] = by_url.emplace(work.file.url, requests.size()); !added) {
        waiting[known->second].push_back(&work);
      } else if (!have_cached(work)) {
        requests.push_back(request_of(work));
        waiting.push_back({&work});
      } else {
        by_url.erase(known);
      }
    }
    fetch_all(requests, options_.fetch, [&](std::size_t index, const FetchOutcome& outcome) {
      for (Work* work : waiting[index]) settle(*work, outcome);
    });
  }

  static std::string sha1_of(const Work& work) { return ascii_lower(trimmed(work.installer->file.sha1.text)); }

  /// A file that the feed names relative to itself: only from the feed's own folder, links followed. "" for others.
  std::string path_beside(std::string_view name) const {
    std::error_code error;
    const fs::path folder = fs::weakly_canonical(fs::absolute(options_.feed_path).parent_path(), error);
    const fs::path path = fs::weakly_canonical(folder / name, error);
    const fs::path inside = path.lexically_relative(folder);
    if (error || inside.empty() || *inside.begin() == ".." || !fs::is_regular_file(path, error)) return {};
    return path.string();
  }

  void have_beside(Work& work) {
    work.source = path_beside(work.file.url);
    if (work.source.empty())
      return set_failed(work, ExitCode::kIo,
                        fmt::format("{} is not in the folder of the feed", shown_url(work.file.url)));
    const Result<FileHashes> hashes = hash_file(work.source);
    if (!hashes) return set_failed(work, hashes.error().code, hashes.error().message);
    accept(work, *hashes, Status::kFetched);
  }

  /// What the feed's SHA-1 pins down needs no server.
  bool have_cached(Work& work) {
    if (sha1_of(work).empty()) return false;
    const auto cached = cache_.find(work.file.url);
    if (!cached || cached->hashes.sha1 != sha1_of(work)) return false;
    work.source = cached->path;
    accept(work, cached->hashes, Status::kKept);
    return true;
  }

  FetchRequest request_of(const Work& work) const {
    FetchRequest out;
    out.url = work.file.url;
    out.target = cache_.path(out.url);
    out.sha1 = sha1_of(work);
    if (out.sha1.empty()) {
      if (const auto cached = cache_.find(out.url)) out.known = cached->validator;
    }
    return out;
  }

  void settle(Work& work, const FetchOutcome& outcome) {
    switch (outcome.status) {
      case FetchOutcome::Status::kInterrupted:
        return;
      case FetchOutcome::Status::kFailed:
        return set_failed(work, outcome.error.code, outcome.error.message);
      case FetchOutcome::Status::kNotModified:
        if (const auto cached = cache_.find(work.file.url)) {
          work.source = cached->path;
          return accept(work, cached->hashes, Status::kKept);
        }
        return set_failed(work, ExitCode::kIo, "the copy that was kept is gone");
      case FetchOutcome::Status::kFetched:
        break;
    }
    if (outcome.end_unproven && sha1_of(work).empty()) {
      cache_.remove(work.file.url);
      return set_failed(work, ExitCode::kIo, "the server gave no length, so that a cut cannot be told from the end");
    }
    if (const auto noted = cache_.note(work.file.url, outcome.hashes, outcome.validator); !noted)
      return set_failed(work, noted.error().code, noted.error().message);
    work.source = cache_.path(work.file.url);
    work.final_url = outcome.final_url;
    accept(work, outcome.hashes, Status::kFetched);
  }

  /// The client wants the feed's SHA-1, or a signature when the feed has none.
  static void accept(Work& work, const FileHashes& hashes, Status status) {
    const std::string sha1 = sha1_of(work);
    if (hashes.size == 0) return set_failed(work, ExitCode::kVerification, "the file is empty");
    if (!sha1.empty() && sha1 != hashes.sha1)
      return set_failed(work, ExitCode::kVerification,
                        fmt::format("its SHA-1 is {}, the feed says {}", hashes.sha1, sha1));
    if (sha1.empty()) {
      const Result<Signature> signature = read_signature(work.source);
      if (!signature) return set_failed(work, signature.error().code, signature.error().message);
      if (signature->state != Signature::State::kSigned)
        return set_failed(work, ExitCode::kVerification,
                          fmt::format("the feed has no SHA-1 for it, and its signature is {}", name(signature->state)));
    }
    work.file.hashes = hashes;
    work.file.status = status;
  }

  // ------------------------------------------------------------------------------------------ the folder

  /// installers/<productId>/<SHA-1>/<name>. A link to the download, or a copy where the file system has no links.
  void place(Work& work) {
    MirrorFile& file = work.file;
    if (file.status != Status::kFetched && file.status != Status::kKept) return;
    const std::string folder = fmt::format("installers/{}/{}", file.product_id, upper(file.hashes.sha1));
    std::string name = kept_name(folder, file.hashes);
    if (name.empty()) {
      name = download_name(file.url, work.final_url, first_bytes(work.source));
      if (const auto put = put_file(work.source, folder + "/" + name); !put)
        return set_failed(work, put.error().code, put.error().message);
    }
    file.path = folder + "/" + name;
  }

  /// The file that an earlier run has placed there, if its bytes are the right ones.
  std::string kept_name(const std::string& folder, const FileHashes& hashes) const {
    std::error_code error;
    for (fs::directory_iterator at(root_ / folder, error), end; !error && at != end; at.increment(error)) {
      std::string name = at->path().filename().string();
      std::error_code ignored;
      if (!is_plain_file_name(name) || at->is_symlink(ignored) || !at->is_regular_file(ignored)) continue;
      const Result<FileHashes> is = hash_file(at->path().string());
      if (is && is->sha256 == hashes.sha256) return name;
    }
    return {};
  }

  Result<void> put_file(const std::string& source, const std::string& name) const {
    const fs::path target = root_ / name;
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    if (!error) fs::remove(target, error);
    if (error) return fail(ExitCode::kIo, fmt::format("cannot write {}: {}", target.string(), error.message()));
    fs::create_hard_link(source, target, error);
    if (error) fs::copy_file(source, target, error);
    if (error) return fail(ExitCode::kIo, fmt::format("cannot write {}: {}", target.string(), error.message()));
    return {};
  }

  void take_icons() {
    std::vector<FetchRequest> requests;
    std::vector<Product*> waiting;
    for (Product& product : feed_.products) {
      const std::string_view url = trimmed(product.icon.text);
      if (url.empty()) copy_icon(product);
      if (!is_web(url)) continue;
      FetchRequest request;
      request.url = url;
      request.target = (root_ / icon_name(product, url)).string();
      requests.push_back(std::move(request));
      waiting.push_back(&product);
    }
    FetchOptions how = options_.fetch;
    how.max_bytes = kMaxIcon;
    how.attempts = 2;
    fetch_all(requests, how, [&](std::size_t index, const FetchOutcome& outcome) {
      Product& product = *waiting[index];
      if (outcome.status == FetchOutcome::Status::kFetched)
        set_address(product.icon, product.relative_icon, icon_name(product, product.icon.text));
      else
        report_.icons_left.emplace_back(product.id.text);
    });
    std::sort(report_.icons_left.begin(), report_.icons_left.end());
  }

  void copy_icon(Product& product) {
    const std::string_view name = trimmed(product.relative_icon.text);
    if (name.empty()) return;
    const std::string source = path_beside(name);
    const std::string target = icon_name(product, name);
    if (source.empty() || !put_file(source, target)) {
      report_.icons_left.emplace_back(product.id.text);
      product.relative_icon = {};
      return;
    }
    set_address(product.icon, product.relative_icon, target);
  }

  static std::string icon_name(const Product& product, std::string_view address) {
    const std::string name = plain_file_name(url_file_name(trimmed(address)));
    return fmt::format("resources/{}/{}", product.id.text, name.empty() ? "icon" : name);
  }

  // -------------------------------------------------------------------------------------------- the feed

  std::string_view keep(std::string text) const { return feed_.pool->keep(std::move(text)); }

  void set_address(catalog::Field& absolute, catalog::Field& relative, const std::string& path) const {
    if (options_.base_url.empty()) {
      relative.text = keep("../../" + path);
      absolute = {};
    } else {
      absolute.text = keep(options_.base_url + path);
      relative = {};
    }
  }

  void rewrite() {
    for (Work& work : works_) {
      InstallerFile& file = work.installer->file;
      if (work.file.path.empty()) continue;
      set_address(file.url, file.relative_url, work.file.path);
      file.size.text = keep(std::to_string((work.file.hashes.size + kKibibyte - 1) / kKibibyte));
      file.sha1.text = keep(work.file.hashes.sha1);
      file.tracking_url = {};
    }
    drop_missing();
    // Another feed that this one loads is not in the folder.
    std::erase_if(feed_.info.links, [](const auto& link) { return catalog::same_id(link.rel.text, "enclosure"); });
  }

  void drop_missing() {
    std::set<const Installer*> missing;
    for (const Work& work : works_) {
      if (work.file.path.empty()) missing.insert(work.installer);
    }
    if (missing.empty()) return;
    for (Product& product : feed_.products) {
      std::vector<Installer> kept;
      for (Installer& installer : product.installers) {
        if (missing.count(&installer) == 0) kept.push_back(std::move(installer));
      }
      product.installers = std::move(kept);
    }
  }

  Result<void> write() {
    std::string name = plain_file_name(fs::path(options_.feed_path).filename().string());
    if (name.empty()) name = "feed.xml";
    report_.feed_path = std::string(kFeeds) + name;
    return write_file((root_ / report_.feed_path).string(), write_webpi(feed_));
  }

  Catalog& feed_;
  const MirrorOptions& options_;
  fs::path root_;
  DownloadCache cache_;
  std::deque<Work> works_;
  MirrorReport report_;
};

std::string lines(const std::vector<std::string>& ids, std::string_view text) {
  std::string out;
  for (const std::string& id : ids) out += fmt::format("note        {}: {}\n", id, text);
  return out;
}

std::string line_of(const MirrorFile& file) {
  std::string out = fmt::format("{:<11} {}: ", name(file.status), file.product_id);
  const std::string url = shown_url(file.url);
  if (file.status != Status::kFailed) return out + (file.path.empty() ? url : file.path) + "\n";
  if (file.error.message.find(url) == std::string::npos) out += url + ": ";
  return out + file.error.message + "\n";
}

}  // namespace

std::size_t MirrorReport::count(MirrorFile::Status status) const {
  return static_cast<std::size_t>(
      std::count_if(files.begin(), files.end(), [&](const MirrorFile& file) { return file.status == status; }));
}

ExitCode MirrorReport::exit_code() const {
  if (count(Status::kInterrupted) != 0) return ExitCode::kInterrupted;
  if (count(Status::kFailed) == 0) return ExitCode::kOk;
  if (!feed_path.empty()) return ExitCode::kFindings;
  const bool verification = std::any_of(files.begin(), files.end(), [](const MirrorFile& file) {
    return file.status == Status::kFailed && file.error.code == ExitCode::kVerification;
  });
  return verification ? ExitCode::kVerification : ExitCode::kIo;
}

Result<MirrorReport> mirror(Catalog feed, const MirrorOptions& options) {
  if (const auto kept = keep_only(feed, options.ids); !kept) return tl::unexpected(kept.error());
  return Mirror(feed, options).run();
}

std::string_view name(MirrorFile::Status status) {
  switch (status) {
    case Status::kFetched:
      return "fetched";
    case Status::kKept:
      return "kept";
    case Status::kFailed:
      return "failed";
    case Status::kInterrupted:
      break;
  }
  return "interrupted";
}

std::string mirror_text(const MirrorReport& report, bool verbose) {
  std::string out;
  for (const MirrorFile& file : report.files) {
    if (verbose || file.status != Status::kKept) out += line_of(file);
  }
  out += lines(report.not_offline, "is not for offline use (offlineExclude) and cannot be installed from the mirror");
  out += lines(report.online, "its commands name web addresses: it needs the network to install");
  out += lines(report.icons_left, "its icon cannot be had");
  out += fmt::format("{} fetched, {} kept, {} failed: {}\n", report.count(Status::kFetched),
                     report.count(Status::kKept), report.count(Status::kFailed),
                     report.feed_path.empty() ? "no feed was written" : "wrote " + report.feed_path);
  return out;
}

std::string mirror_json(const MirrorReport& report) {
  nlohmann::ordered_json files = nlohmann::json::array();
  for (const MirrorFile& file : report.files) {
    nlohmann::ordered_json out{{"product", file.product_id},
                               {"installer", file.installer_id},
                               {"url", shown_url(file.url)},
                               {"path", file.path},
                               {"status", name(file.status)}};
    if (file.status == Status::kFailed) out["reason"] = file.error.message;
    if (!file.path.empty()) {
      out["size"] = file.hashes.size;
      out["sha1"] = file.hashes.sha1;
      out["sha256"] = file.hashes.sha256;
    }
    files.push_back(std::move(out));
  }
  nlohmann::ordered_json out{{"files", std::move(files)},
                             {"feed", report.feed_path},
                             {"iconsLeft", report.icons_left},
                             {"online", report.online},
                             {"notOffline", report.not_offline}};
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace zoo::feed
